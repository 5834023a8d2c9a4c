// Verifying: some rows of a results.csv are run again from their settings alone, and every column is compared with the
// file's as text. It rests on the report's columns and on runMissing.

package main

import (
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
	"time"
)

// claim is a row of a results.csv, its columns in the order of resultRow, and what it says was run.
type claim struct {
	Config
	row []string
}

// verify runs rows of the file again, as many at a time as there are workers, and prints how each compares. It ends at
// the first that is not the same.
func verify(ctx context.Context, o options, stdout io.Writer, screen *console) error {
	from := dataSource{dir: o.dataDir}
	if o.typed("data") {
		own, err := readOwn(o.shared.Data)
		if err != nil {
			return fmt.Errorf("-data %s: %w", o.shared.Data, err)
		}
		from.own = own
	}
	claims, err := readClaims(o.verify, from)
	if err != nil {
		return err
	}
	n, chosenBy, err := o.sampleOf(len(claims))
	if err != nil {
		return err
	}
	chosen := rand.New(rand.NewPCG(chosenBy, streamSample)).Perm(len(claims))[:n]
	slices.Sort(chosen)
	if n < len(claims) {
		fmt.Fprintf(stdout, "%s of %s, chosen by -seed %d\n", outOf(n, len(claims)), o.verify, chosenBy)
	}
	out, err := os.MkdirTemp("", "infomax-verify")
	if err != nil {
		return err
	}
	defer os.RemoveAll(out)
	s := store{out}
	for part := range slices.Chunk(chosen, o.workers) {
		p := plan{from: from}
		for _, i := range part {
			p.mine = append(p.mine, claims[i].Config)
		}
		p.all = p.mine
		_, err := runMissing(ctx, nil, o, p, s, screen)
		var absent absentData
		if err != nil && !errors.As(err, &absent) {
			return err
		}
		now, err := s.scan(inventory{})
		if err != nil {
			return err
		}
		for _, i := range part {
			r := now.good[claims[i].ID()]
			if r == nil && slices.Contains(absent.names, claims[i].Data) {
				continue
			}
			if r == nil {
				return fmt.Errorf("%s could not be run: the reason is above", claims[i].ID())
			}
			if err := claims[i].compare(stdout, r); err != nil {
				return err
			}
		}
		if absent.error != nil {
			return absent
		}
	}
	return nil
}

// sampleOf returns how many of the rows are meant, and the seed that chooses them.
func (o options) sampleOf(rows int) (n int, seed uint64, err error) {
	seed = uint64(time.Now().UnixNano()) % 1_000_000
	if o.typed("seed") {
		if seed, err = strconv.ParseUint(o.seed, 10, 64); err != nil {
			return 0, 0, usagef("-seed %q: give one whole number with -verify; it chooses the rows", o.seed)
		}
	}
	if plain(o.sample) == "all" {
		return rows, seed, nil
	}
	if n, err = strconv.Atoi(o.sample); err != nil || n < 1 {
		return 0, 0, usagef("-sample %q: give a number of rows, 1 or more, or all", o.sample)
	}
	return min(n, rows), seed, nil
}

// readClaims reads all rows, or says what is wrong with the file.
func readClaims(name string, from dataSource) (claims []claim, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("-verify: %w: give a results.csv", err)
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(b), "\ufeff"), "\r\n", "\n") // as spreadsheets write it
	if !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("-verify %s: the file ends within a line: it is cut off", name)
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("-verify %s: %w: give a results.csv as it was written", name, err)
	}
	var columns []string
	for _, f := range resultRow(&Result{}) {
		columns = append(columns, f.name)
	}
	if len(lines) == 0 || !slices.Equal(lines[0], columns) {
		return nil, fmt.Errorf("-verify %s: its columns are not those of a results.csv of this program: %s", name, differingColumns(lines, columns))
	}
	if len(lines) == 1 {
		return nil, fmt.Errorf("-verify %s: it has no runs", name)
	}
	for i, line := range lines[1:] {
		c, err := claimOf(columns, line, from)
		if err != nil {
			return nil, fmt.Errorf("-verify %s, line %d: %w", name, i+2, err)
		}
		claims = append(claims, c)
	}
	return claims, nil
}

// differingColumns names the first column that is missing, or else foreign.
func differingColumns(lines [][]string, columns []string) string {
	if len(lines) == 0 {
		return "there is none"
	}
	for _, name := range columns {
		if !slices.Contains(lines[0], name) {
			return name + " is missing"
		}
	}
	for _, name := range lines[0] {
		if !slices.Contains(columns, name) {
			return name + " is not one of them"
		}
	}
	return "they are in another order"
}

// rowFlags are the columns of a row's settings but for its data, each under the flag that takes it.
var rowFlags = [][2]string{{"act", "activation"}, {"k", "k"}, {"lambda", "lambda"}, {"seed", "seed"}, {"objective", "objective"}, {"below", "below"},
	{"components", "components"}, {"whiten", "whiten"}, {"epochs", "epochs"}, {"batch", "batch"}, {"lr", "learning_rate"}, {"tc-rows", "tc_rows"}}

// claimOf reads the settings of a row as if they were typed. Its id vouches for them and for the numerics version.
func claimOf(columns, row []string, from dataSource) (claim, error) {
	value := func(column string) string { return row[slices.Index(columns, column)] }
	if data := value("data"); !slices.Contains(dataNames, data) && (from.own == nil || data != from.own.Name) {
		return claim{}, fmt.Errorf("data %q is not one of %s; for data of your own give -data FILE%s", data, strings.Join(dataNames, ", "), ownSuffix)
	}
	var args []string
	for _, f := range rowFlags {
		if text := value(f[1]); text != "" {
			args = append(args, "-"+f[0], text)
		}
	}
	o, err := parseOptions(args)
	var runs []Config
	if err == nil {
		var g grid
		if g, err = o.parts[0].grid(); err == nil {
			g.Shared.Data = value("data")
			runs, err = g.configs(from)
		}
	}
	if err == nil && len(runs) != 1 {
		err = fmt.Errorf("it has %s", plural(len(runs), "run"))
	}
	if err != nil { // no mistake in what was typed
		return claim{}, fmt.Errorf("no run can have its settings: %v: the file was changed", err)
	}
	c := claim{runs[0], row}
	if id := value("id"); id != c.ID() {
		return c, fmt.Errorf("%s is not the id of its settings in numerics version %d, which is %s: the file is of another version, or was changed",
			id, c.numerics(), c.ID())
	}
	return c, nil
}

// compare prints how r agrees with the row. An error says that it does not.
func (c claim) compare(w io.Writer, r *Result) error {
	var different []string
	for i, f := range resultRow(r) {
		if f.text != c.row[i] {
			different = append(different, fmt.Sprintf("    %s is %s here and %s in the file", f.name, orEmpty(f.text), orEmpty(c.row[i])))
		}
	}
	if different == nil {
		fmt.Fprintf(w, "the same in all %d columns, in %.1f s: %s\n", len(c.row), r.Seconds, r.ID)
		return nil
	}
	fmt.Fprintf(w, "not the same: %s\n%s\n", r.ID, strings.Join(different, "\n"))
	return fmt.Errorf("%s differs in %s", r.ID, plural(len(different), "column"))
}

// orEmpty is text, or the word "empty" if there is none.
func orEmpty(text string) string {
	if text == "" {
		return "empty"
	}
	return text
}
