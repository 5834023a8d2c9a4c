package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
)

// A sweep: the missing runs of a list, longest first, on a pool of workers. Runs share nothing but
// the data, which nobody writes to, so their number changes no result.

// sweep is what its workers share.
type sweep struct {
	store store
	data  *Dataset
	tally *tally
	ahead []Config
	next  atomic.Int64 // index in ahead
}

// do runs what is to be done. A run that fails is recorded and the rest goes on; an error
// is one of the output folder, or ctx's, and what was done until then stays.
func (s *sweep) do(ctx context.Context, workers int) error {
	defer context.AfterFunc(ctx, func() { s.tally.warn("stopping; Ctrl-C again exits at once") })()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	for range min(workers, len(s.ahead)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(s.next.Add(1)) - 1
				if i >= len(s.ahead) {
					return
				}
				if err := s.one(ctx, s.ahead[i]); err != nil {
					stop(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// one runs c, unless another process has meanwhile, and saves it.
func (s *sweep) one(ctx context.Context, c Config) error {
	s.tally.start(c)
	there, err := s.present(c.ID())
	if err != nil {
		return err
	}
	if there {
		s.tally.end(c, "was done elsewhere")
		return nil
	}
	r, w, err := s.attempt(ctx, c)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\n")
		s.tally.warn("%s failed: %s", c.ID(), reason)
		s.tally.end(c, "failed")
		return s.store.recordFailure(c.ID(), err)
	}
	files, err := runFiles(r, w, s.data)
	if err == nil {
		err = s.store.save(r.ID, files)
	}
	if err != nil {
		return fmt.Errorf("saving %s: %w: what is done stays, and the same command does the rest", r.ID, err)
	}
	if r.Status == "diverged" {
		s.tally.warn("%s diverged in epoch %d", r.ID, r.DivergedEpoch)
	}
	s.tally.end(c, fmt.Sprintf("took %.1f s", r.Seconds))
	return s.store.clearFailure(r.ID)
}

// present says whether the run of an id is there. A damaged one is named and set aside.
func (s *sweep) present(id string) (bool, error) {
	_, err := s.store.read(id)
	if err == nil || !errors.As(err, new(damage)) {
		return err == nil, err
	}
	name, asideErr := s.store.setAside(id)
	if errors.Is(asideErr, fs.ErrNotExist) {
		return false, nil
	}
	if asideErr == nil {
		s.tally.warn("%s was damaged: %v; it is now %s, and is run again", id, err, name)
	}
	return false, asideErr
}

// attempt is run with a panic turned into an error.
func (s *sweep) attempt(ctx context.Context, c Config) (r *Result, w *Weights, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return run(ctx, c, s.data, func(epoch int, e Epoch) { s.tally.epoch(c, epoch, e) })
}
