// Verifying: some rows of a results.csv are run again from their settings alone, and every column is compared with the
// file's. It rests on the report's columns and on runMissing.

package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
)

// claim is a row of a results.csv, its texts by column, and the run that it is of.
type claim struct {
	Config
	row map[string]string
}

// verify runs rows of the file again, as many at a time as there are workers, and prints how each compares. It ends at
// the first that is not the same.
func verify(ctx context.Context, o options, stdout io.Writer, screen *console) error {
	from := dataSource{dir: o.dataDir}
	if o.typed("data") {
		var err error
		if from.own, err = readOwn(o.shared.Data); err != nil {
			return fmt.Errorf("-data %s: %w", o.shared.Data, err)
		}
	}
	claims, err := readClaims(o.verify, from)
	if err != nil {
		return fmt.Errorf("-verify %s: %w", o.verify, err)
	}
	out, err := os.MkdirTemp("", "infomax-verify")
	if err != nil {
		return fmt.Errorf("-verify needs a folder for temporary files: %w: name one in TMPDIR", err)
	}
	defer os.RemoveAll(out)
	s, now := store{out}, inventory{}
	if claims, err = o.choose(claims, stdout); err == nil {
		err = s.prepare()
	}
	if err != nil {
		return err
	}
	for part := range slices.Chunk(claims, o.workers) {
		p := plan{from: from}
		for _, c := range part {
			p.mine = append(p.mine, c.Config)
		}
		problem, err := s.runMissing(ctx, p, now, o.workers, screen)
		if err == nil {
			now, err = s.scan(now)
		}
		if err != nil {
			return err
		}
		for _, c := range part {
			if r := now.good[c.ID()]; r != nil {
				problem = errors.Join(problem, c.compare(stdout, r))
			} else if problem == nil {
				problem = fmt.Errorf("%s could not be run: the reason is above", c.ID())
			}
		}
		if problem != nil {
			return problem
		}
	}
	return nil
}

// choose returns as many of the rows as -sample says, chosen by -seed.
func (o options) choose(claims []claim, stdout io.Writer) ([]claim, error) {
	seed, err := strconv.ParseUint(o.seed, 10, 64)
	if err != nil {
		return nil, usagef("-seed %q: give one whole number with -verify", o.seed)
	}
	if o.sample == 0 || o.sample >= len(claims) {
		return claims, nil
	}
	rows := rand.New(rand.NewPCG(seed, streamSample)).Perm(len(claims))[:o.sample]
	slices.Sort(rows)
	var chosen []claim
	for _, i := range rows {
		chosen = append(chosen, claims[i])
	}
	fmt.Fprintf(stdout, "%s of %s, chosen by -seed %d\n", outOf(o.sample, len(claims)), o.verify, seed)
	return chosen, nil
}

// readClaims reads all rows, or says what is wrong with the file. A spreadsheet may have begun it with a byte-order
// mark.
func readClaims(name string, from dataSource) (claims []claim, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%w: give a whole results.csv", err)
	}
	if len(lines) < 2 {
		return nil, errors.New("it has no runs")
	}
	for i, line := range lines[1:] {
		c := claim{row: map[string]string{}}
		for j, column := range lines[0] {
			c.row[column] = line[j]
		}
		for _, f := range resultRow(&Result{}) {
			if _, has := c.row[f.name]; !has {
				return nil, fmt.Errorf("it has no column %s: give a results.csv of this version", f.name)
			}
		}
		if c.Config, err = configOf(c.row, from); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		claims = append(claims, c)
	}
	return claims, nil
}

// rowFlags are the columns of a row's settings but for its data, each under the flag that takes it.
var rowFlags = [][2]string{
	{"act", "activation"}, {"k", "k"}, {"lambda", "lambda"}, {"seed", "seed"}, {"objective", "objective"},
	{"below", "below"}, {"components", "components"}, {"whiten", "whiten"},
	{"epochs", "epochs"}, {"batch", "batch"}, {"lr", "learning_rate"}, {"tc-rows", "tc_rows"},
}

// configOf reads the settings of a row as if they were typed. Its id vouches for them and for the numerics version.
func configOf(row map[string]string, from dataSource) (Config, error) {
	data := row["data"]
	if !slices.Contains(dataNames, data) && (from.own == nil || !strings.HasSuffix(data, from.own.SHA256[:8])) {
		return Config{}, fmt.Errorf("data %q is not one of %s: if it is your own, give -data the file whose SHA-256 "+
			"begins with the last 8 digits of that name", data, strings.Join(dataNames, ", "))
	}
	var args []string
	for _, f := range rowFlags {
		if text := row[f[1]]; text != "" {
			args = append(args, "-"+f[0], strings.TrimSuffix(text, ".0")) // which pandas adds to whole numbers
		}
	}
	o, err := parseOptions(args)
	var runs []Config
	if err == nil {
		o.shared.Data = data
		runs, err = o.runs(from.size(data))
	}
	if err != nil { // no mistake in what was typed
		return Config{}, fmt.Errorf("no run can have its settings: %v: the file was changed", err)
	}
	if c := runs[0]; row["id"] != c.ID() {
		return c, fmt.Errorf("%s is not the id of its settings in numerics version %d, which is %s: the file is of "+
			"another version, or was changed", row["id"], c.numerics(), c.ID())
	}
	return runs[0], nil
}

// compare prints how r agrees with the row. An error says that it does not.
func (c claim) compare(w io.Writer, r *Result) error {
	different := ""
	row := resultRow(r)
	for _, f := range row {
		if !sameValue(f.text, c.row[f.name]) {
			different += fmt.Sprintf("    %s is %q here and %q in the file\n", f.name, f.text, c.row[f.name])
		}
	}
	if different == "" {
		fmt.Fprintf(w, "the same in all %d columns, in %.1f s: %s\n", len(row), r.Seconds, r.ID)
		return nil
	}
	fmt.Fprintf(w, "not the same: %s\n%s", r.ID, different)
	return fmt.Errorf("%s is not the same", r.ID)
}

// sameValue says whether two texts are equal, or are the same number written in two ways.
func sameValue(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return a == b || err == nil && err2 == nil && x == y
}
