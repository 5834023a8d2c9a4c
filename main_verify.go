// Verifying: some rows of a results.csv are run again from their settings alone, and every column is compared with the
// file's. It rests on a run's columns and on runMissing.

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
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

// verify runs as many rows of the file again as -sample says, chosen by -seed, and prints how each compares.
func verify(ctx context.Context, o options, stdout *bufio.Writer, screen *console) error {
	seed, err := strconv.ParseUint(o.seed, 10, 64)
	if err != nil {
		return usagef("-seed %q: give one whole number with -verify", o.seed)
	}
	var p plan
	if p.from, err = o.source(); err != nil {
		return err
	}
	claims, err := readClaims(o.verify)
	if err != nil {
		return fmt.Errorf("-verify %s: %w", o.verify, err)
	}
	out, err := os.MkdirTemp("", "infomax-verify")
	if err != nil {
		return fmt.Errorf("-verify needs a folder for temporary files: %w: name one in TMPDIR", err)
	}
	defer os.RemoveAll(out)
	s := store{out}
	if err := s.prepare(); err != nil {
		return err
	}
	all := len(claims)
	rng := rand.New(rand.NewPCG(seed, streamSample))
	rng.Shuffle(all, func(i, j int) { claims[i], claims[j] = claims[j], claims[i] })
	claims = claims[:min(all, cmp.Or(o.sample, all))]
	fmt.Fprintf(stdout, "%s of %s, chosen by -seed %d\n", outOf(len(claims), all), o.verify, seed)
	stdout.Flush()
	for _, c := range claims {
		p.mine = append(p.mine, c.Config)
	}
	p.mine = withBelow(p.mine)
	absent, err := s.runMissing(ctx, p, inventory{}, o.workers, screen)
	return errors.Join(absent, err, s.compareAll(claims, stdout))
}

// compareAll prints how the runs in s compare with the claims. Its error counts claims that are not the same, or whose
// run is not there.
func (s store) compareAll(claims []claim, stdout io.Writer) error {
	there, err := s.scan(inventory{})
	if err != nil {
		return err
	}
	open := len(claims)
	for _, c := range claims {
		if r := there.good[c.ID()]; r != nil && c.compare(stdout, r) {
			open--
		}
	}
	if open > 0 {
		return fmt.Errorf("%s not confirmed: the reasons are above", outOf(open, len(claims)))
	}
	return nil
}

// readClaims reads the rows, or says what is wrong with the file. A spreadsheet may have begun it with a byte-order
// mark, and ended its lines by carriage returns alone.
func readClaims(name string) (claims []claim, err error) {
	b, err := readRegular(name)
	if err != nil {
		return nil, fmt.Errorf("%w: give a file results.csv", err)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !bytes.Contains(b, []byte("\n")) {
		b = bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
	}
	lines, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: give a whole results.csv, with commas", err)
	case len(lines) < 2:
		return nil, errors.New("it has no runs below its first line: give the results.csv of a folder with runs")
	case !slices.Contains(lines[0], "id"):
		return nil, errors.New("its first line names no column id: give a whole results.csv, in UTF-8 and with commas")
	}
	for i, line := range lines[1:] {
		row := map[string]string{}
		for j, column := range lines[0] {
			row[column] = line[j]
		}
		c, err := configOf(row)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		claims = append(claims, claim{c, row})
	}
	return claims, nil
}

// configOf reads the settings of a row, whose columns have the names of run.json. Its id vouches for them and for the
// numerics version.
func configOf(row map[string]string) (c Config, err error) {
	settings := map[string]any{}
	for name, text := range row {
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			settings[name] = json.Number(strings.TrimSuffix(text, ".0")) // which pandas adds to whole numbers
		} else if text != "" {
			settings[name] = text
		}
	}
	b, err := json.Marshal(settings)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		return c, fmt.Errorf("no run can have its settings: %w: the file was changed", err)
	}
	if row["id"] != c.ID() {
		return c, fmt.Errorf("%s is not the id of its settings, which is %s: the file is of another numerics "+
			"version, or was changed", row["id"], c.ID())
	}
	return c, nil
}

// compare prints how r agrees with the row, and tells whether it does.
func (c claim) compare(w io.Writer, r *Result) bool {
	different := ""
	row := resultRow(r)
	for _, f := range row {
		if !sameValue(f.text, c.row[f.name]) {
			different += fmt.Sprintf("    %s is %q here and %q in the file\n", f.name, f.text, c.row[f.name])
		}
	}
	if different == "" {
		fmt.Fprintf(w, "the same in all %d columns, in %.1f s: %s\n", len(row), r.Seconds, r.ID)
		return true
	}
	fmt.Fprintf(w, "not the same: %s\n%s", r.ID, different)
	return false
}

// sameValue says whether two texts are equal, or are the same number written in two ways.
func sameValue(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return a == b || err == nil && err2 == nil && x == y
}
