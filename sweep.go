// A sweep: the missing runs of a list, longest first, on a pool of workers. Runs share nothing but the data, which
// nobody writes to, so the number of workers changes no result. Then what is derived from all runs, the manifest,
// and how far a sweep is. It rests on sweep_store.go and on the report.

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// plan is the runs of a command, and those of its shard with the layers that they stand on. The longest runs come
// first, so that the last to end are short ones, and no worker is left alone with a long one.
type plan struct {
	from      dataSource
	all, mine []Config
}

// withBelow returns runs and the layers that they stand on.
func withBelow(runs []Config) []Config {
	for _, c := range runs {
		if b := c.below(); c.stacked() && !slices.Contains(runs, b) {
			runs = append(runs, b)
		}
	}
	return runs
}

// sweep is what its workers share.
type sweep struct {
	store
	*progress
	stop    context.CancelCauseFunc // ends the sweep, if the output folder fails
	workers int
	data    *Dataset // of the group of runs that is at work
	starts  *starts  // of this group
}

// grace is how long a sweep that is to stop waits for what is in the middle of a measurement, of principal components
// or of reading data, which may take minutes. It is left unfinished: a run is whole or not there at all.
const grace = 2 * time.Second

// runMissing does the runs that are not in there, first the layers that others stand on. Runs whose data cannot be had,
// or that need more memory than there is, are left out: absent says why. err is ctx's or of the output folder, and ends
// the sweep.
func (s store) runMissing(
	ctx context.Context, p plan, there inventory, workers int, screen *console,
) (absent, err error) {
	missing := slices.DeleteFunc(slices.Clone(p.mine), func(c Config) bool {
		id := c.ID()
		return there.good[id] != nil || there.bad[id] != nil
	})
	slices.SortStableFunc(missing, func(a, b Config) int {
		return cmp.Or(compareInputs(a, b), cmp.Compare(len(a.layers()), len(b.layers())),
			cmp.Compare(b.cost(), a.cost()))
	})
	defer screen.show("")
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := sweep{store: s, stop: stop, workers: workers,
		progress: newProgress(screen, len(p.mine)-len(missing), missing)}
	ended := make(chan error, 1)
	go func() { ended <- work.all(ctx, p.from, missing) }()
	select {
	case absent = <-ended:
	case <-ctx.Done():
		select {
		case absent = <-ended:
		case <-time.After(grace):
		}
	}
	return absent, context.Cause(ctx)
}

// all does the runs, in groups that have their inputs in common and are stacks or not, and returns why some could not
// begin.
func (s sweep) all(ctx context.Context, from dataSource, runs []Config) (absent error) {
	var name string
	var data *Dataset // of that name, or nil if it cannot be had
	for len(runs) > 0 && ctx.Err() == nil {
		first, err := runs[0], error(nil)
		n := 1
		for n < len(runs) && compareInputs(first, runs[n]) == 0 && first.stacked() == runs[n].stacked() {
			n++
		}
		group := runs[:n]
		runs = runs[n:]
		if first.Data != name {
			name = first.Data
			data, err = loadData(from, name, s.console)
		}
		if data != nil {
			if s.data, err = data.onComponents(first); err == nil {
				err = s.enoughMemory(group)
			}
		}
		if absent = errors.Join(absent, err); err != nil || data == nil {
			continue
		}
		s.starts = new(starts)
		share(s.workers, len(group), func(i int) {
			if ctx.Err() == nil {
				s.one(ctx, group[i])
			}
		})
	}
	return absent
}

// enoughMemory returns an error if the runs that begin together, which are the longest, need more memory than there is.
func (s sweep) enoughMemory(runs []Config) error {
	need, together := 0, runs[:min(s.workers, len(runs))]
	for _, c := range together {
		need += c.memory(s.data.Train.N, s.data.Train.D)
	}
	if err := memoryFor(need); err != nil {
		return fmt.Errorf("runs such as %s, %d at a time: %w: give a smaller -k or fewer -workers",
			runs[0].ID(), len(together), err)
	}
	return nil
}

// memory is what a run needs at the least, in bytes, for N rows of D inputs: weights, their gradient, Adam's moments
// (D×K), the activations of all rows and those of a step (N×K), and correlations (K×K).
func (c Config) memory(N, D int) int {
	if c.stacked() {
		D = c.Below.K
	}
	return 8 * (6*D*c.K + N*c.K + 3*cmp.Or(c.Batch, N)*c.K + 2*c.K*c.K)
}

// one runs c, unless another process has meanwhile, and saves it.
func (s sweep) one(ctx context.Context, c Config) {
	name := fmt.Sprintf("%s %s K=%d", strings.Join(c.layers(), " → "), c.Activation, c.K)
	s.advance(0, 0, name)
	ahead := c.cost()
	defer func() { s.advance(1, ahead, name) }()
	if s.has(c.ID()) {
		return
	}
	r, files, err := s.attempt(ctx, c, func(epoch int, e Epoch) {
		done := c.cost() / float64(c.Epochs)
		ahead -= done
		s.advance(0, done, fmt.Sprintf("%s epoch %d/%d, loss %.6g", name, epoch, c.Epochs, float64(e.Loss)))
	})
	if err != nil {
		if ctx.Err() == nil {
			s.warn("%s failed: %v", c.ID(), err)
		}
	} else if err := s.save(r.ID, files); err != nil {
		s.stop(fmt.Errorf("%s is done but cannot be saved and is lost: %w: what is saved stays, "+
			"and the same command does the rest", r.ID, err))
	} else if r.Status != "ok" {
		s.warn("%s diverged: a smaller -lr, or inputs of a smaller scale, may prevent that", r.ID)
	}
}

// attempt runs c and makes its files, with a panic turned into an error.
func (s sweep) attempt(ctx context.Context, c Config, report func(epoch int, e Epoch)) (
	r *Result, files []file, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	data, below := s.data, new(Result)
	if c.stacked() {
		var W Mat
		var b []float64
		if below, W, b, err = s.layer(c.below().ID()); err != nil {
			return nil, nil, fmt.Errorf("the layer below, %s: %w", c.below().ID(), err)
		}
		data = s.data.outputs(activationByName(c.Activation), W.T(), b)
	}
	limited := c.Objective == "optimum" || c.Objective == "pca" && data.Train.N > maxAxes // its axes are at most N
	if limited && data.Train.D > maxAxes {
		return nil, nil, fmt.Errorf("%s takes %d inputs at most, and here are %d", c.Objective, maxAxes, data.Train.D)
	}
	r, w, err := run(ctx, c, data, s.starts, report)
	if err != nil {
		return nil, nil, err
	}
	r.BelowSHA256 = below.WeightsSHA256
	if below.Status == "diverged" { // it did not learn on what it was to learn on
		r.Status = below.Status
	}
	files, err = runFiles(r, w, s.data)
	return r, files, err
}

// derive writes results.csv, one row a run, and the report if that is asked for or there already, from all runs,
// whoever made them. It returns the inventory used and what the report found, as text. The same runs give the same
// bytes, so nothing that depends on the day or the machine is in them. At the end it warns of what it left out.
func (s store) derive(screen *console, known inventory, withReport bool) (now inventory, found string, err error) {
	_, err = os.Stat(s.page())
	withReport = withReport || err == nil // it has the hash of results.csv
	now, err = s.settle(known, func(runs []*Result) (err error) {
		found, err = s.writeDerived(runs, withReport)
		return err
	})
	for _, id := range slices.Sorted(maps.Keys(now.bad)) {
		screen.warn("%s is left out: %v: mend or remove it", s.folder(id), now.bad[id])
	}
	return now, found, err
}

// settle calls write with all runs, if there are any, scans again, and repeats this if it finds more: of processes that
// end together, the one that writes last may not have seen the runs of the others. It gives up after a few times,
// because as long as others are at work there are always more, and they will do the same after their last run.
func (s store) settle(known inventory, write func(runs []*Result) error) (inventory, error) {
	now, err := s.scan(known)
	for written, times := 0, 0; err == nil && written != len(now.good) && times < 4; times++ {
		written = len(now.good)
		if err = write(now.sorted()); err == nil {
			now, err = s.scan(now)
		}
	}
	return now, err
}

// writeDerived returns what the report found.
func (s store) writeDerived(runs []*Result, withReport bool) (found string, err error) {
	results, err := formatResults(runs)
	files := []file{{"results.csv", results}}
	if err == nil && withReport {
		report, headlines, reportErr := reportFiles(runs, results, func(id string) ([]byte, error) {
			return s.readFile(id, "weights.npz")
		})
		files, err = append(files, report...), reportErr
		found = fmt.Sprintf("the report of %s is in %s\n", plural(len(runs), "run"), s.page())
		for _, line := range headlines {
			found += line + "\n"
		}
	}
	for _, f := range files {
		if err == nil {
			err = writeAtomic(filepath.Join(s.out, f.name), f.data)
		}
	}
	if err != nil {
		return "", fmt.Errorf("not all of %s could be written: %w: mend that, and the same command writes it",
			s.out, err)
	}
	return found, nil
}

// writeManifest writes manifest.json, which tells of the command that ran last.
func (s store) writeManifest(args []string, runs int) error {
	b, err := json.MarshalIndent(map[string]any{
		"command":  append([]string{"infomax"}, args...),
		"runs":     runs, // of all shards together
		"numerics": numericsVersion,
		"go":       runtime.Version(),
		"platform": runtime.GOOS + "/" + runtime.GOARCH,
	}, "", "  ")
	if err != nil {
		return err
	}
	return writeAtomic(filepath.Join(s.out, "manifest.json"), append(b, '\n'))
}

// progress is how far a sweep is.
type progress struct {
	*console
	mu          sync.Mutex
	started     time.Time
	done, total int     // runs
	spent, cost float64 // of the runs of this process: what is done, and all
}

// newProgress starts the clock; done runs are there already, ahead are to come.
func newProgress(c *console, done int, ahead []Config) *progress {
	p := &progress{console: c, started: time.Now(), done: done, total: done + len(ahead)}
	for _, c := range ahead {
		p.cost += c.cost()
	}
	return p
}

// advance shows how far the sweep is after so many more runs and so much more of their cost, with the time left, which
// is guessed from the cost, and what was done last.
func (p *progress) advance(runs int, cost float64, last string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += runs
	p.spent += cost
	left := "?"
	if p.spent > 0 {
		left = time.Duration(float64(time.Since(p.started)) * (p.cost - p.spent) / p.spent).Round(time.Second).String()
	}
	p.show(fmt.Sprintf("%d/%s, %s left; %s", p.done, plural(p.total, "run"), left, last))
}
