// Verifying: some rows of a results.csv are run again from their settings alone, and every column is compared with the
// file's. It rests on the report's columns and on runMissing.

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
	"sync"
)

// claim is a row of a results.csv, its texts by column, and the run that it is of.
type claim struct {
	Config
	row map[string]string
}

// verify runs as many rows of the file again as -sample says, chosen by -seed, and prints how each compares once it is
// done.
func verify(ctx context.Context, o options, stdout *bufio.Writer, screen *console) error {
	seed, err := strconv.ParseUint(o.seed, 10, 64)
	if err != nil {
		return usagef("-seed %q: give one whole number with -verify", o.seed)
	}
	p := plan{from: dataSource{dir: o.dataDir}}
	if o.typed("data") {
		if p.from.own, err = readOwn(o.shared.Data); err != nil {
			return fmt.Errorf("-data %s: %w", o.shared.Data, err)
		}
	}
	claims, err := readClaims(o.verify, p.from, stdout)
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
	return s.runAgain(ctx, p, claims, o.workers, stdout, screen)
}

// runAgain does the runs of p and compares them with the claims. Its error counts those that are not the same.
func (s store) runAgain(
	ctx context.Context, p plan, claims []claim, workers int, stdout *bufio.Writer, screen *console,
) error {
	var mu sync.Mutex
	same, different := 0, 0
	absent, err := s.runMissing(ctx, p, inventory{}, workers, screen, func(r *Result) {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range claims {
			if c.Config != r.Config {
				continue
			}
			if c.compare(stdout, r) {
				same++
			} else {
				different++
			}
			stdout.Flush()
		}
	})
	switch rows := len(claims); {
	case err != nil:
		return err
	case different > 0:
		return errors.Join(absent, fmt.Errorf("%s not the same: what differs is above", outOf(different, rows)))
	case absent == nil && same < rows:
		return fmt.Errorf("%s could not be run: the reasons are above", outOf(rows-same, rows))
	}
	return absent
}

// readClaims reads the rows whose data can be had, and prints how many others there are; or it says what is wrong with
// the file. A spreadsheet may have begun it with a byte-order mark.
func readClaims(name string, from dataSource, stdout io.Writer) (claims []claim, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err == nil && (len(lines) < 2 || !slices.Contains(lines[0], "id")) {
		err = errors.New("it has no runs")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: give a whole results.csv, in UTF-8 and with commas", err)
	}
	var others []string // the data of the rows that are left out
	for i, line := range lines[1:] {
		row := map[string]string{}
		for j, column := range lines[0] {
			row[column] = line[j]
		}
		data := row["data"]
		if !slices.Contains(dataNames, data) && (from.own == nil || !strings.HasSuffix(data, from.own.SHA256[:8])) {
			others = append(others, data)
			continue
		}
		c, err := configOf(row)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		claims = append(claims, claim{c, row})
	}
	if len(others) == 0 {
		return claims, nil
	}
	left := fmt.Sprintf("%s of other data left out, %s: to run them, give -data the file whose SHA-256 begins with "+
		"the last 8 digits of that name", plural(len(others), "row"), strings.Join(slices.Compact(others), ", "))
	if len(claims) == 0 {
		return nil, errors.New(left)
	}
	fmt.Fprintln(stdout, left)
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
