package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Progress on stderr: on a terminal one line that changes in place, else lines for a log.

// console writes lines, and on a terminal one more below them that changes in place.
type console struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	quiet    bool
	shown    int // characters of the line in place
}

func newConsole(out io.Writer, quiet bool) *console {
	return &console{out: out, terminal: isTerminal(out), quiet: quiet}
}

// warn writes a line, quiet or not.
func (c *console) warn(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.place("")
	fmt.Fprintf(c.out, format+"\n", args...)
}

// say writes a line unless quiet.
func (c *console) say(format string, args ...any) {
	if !c.quiet {
		c.warn(format, args...)
	}
}

// show puts text in the line in place.
func (c *console) show(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.terminal && !c.quiet {
		c.place(text)
	}
}

// place overwrites the line in place. The caller holds mu.
func (c *console) place(text string) {
	const width = 79
	if runes := []rune(text); len(runes) > width {
		text = string(runes[:width-1]) + "…"
	}
	n := utf8.RuneCountInString(text)
	if n == 0 && c.shown == 0 {
		return
	}
	fmt.Fprint(c.out, "\r", text, strings.Repeat(" ", max(0, c.shown-n)))
	if n == 0 {
		fmt.Fprint(c.out, "\r")
	}
	c.shown = n
}

// tally follows the runs of a sweep.
type tally struct {
	*console
	mu          sync.Mutex
	started     time.Time
	done, total int                // runs
	ended       int                // of done, by this process
	cost, spent float64            // of the runs of this process, and of those that ended
	running     map[Config]float64 // share done
}

// newTally starts the clock; done runs of total are there already, ahead are to come.
func newTally(c *console, done int, ahead []Config) *tally {
	t := &tally{console: c, started: time.Now(), done: done, total: done + len(ahead), running: map[Config]float64{}}
	for _, c := range ahead {
		t.cost += c.cost()
	}
	return t
}

func (t *tally) start(c Config) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running[c] = 0
	t.update()
}

// epoch reports the end of an epoch. In a log a sole run has a line every tenth of it.
func (t *tally) epoch(c Config, epoch int, e Epoch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running[c] = float64(epoch) / float64(c.Epochs)
	if t.total > 1 {
		t.update()
		return
	}
	text := fmt.Sprintf("epoch %d/%d, loss %.6g, %s left", epoch, c.Epochs, float64(e.Loss), t.left())
	if t.terminal {
		t.show(text)
	} else if 10*epoch/c.Epochs > 10*(epoch-1)/c.Epochs {
		t.say("%s", text)
	}
}

// end reports the end of a run and how it ended. In the log of a sweep it has a line.
func (t *tally) end(c Config, outcome string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.running, c)
	t.done++
	t.ended++
	t.spent += c.cost()
	if t.total > 1 && !t.terminal {
		t.say("%d/%d runs, %s left: %s %s", t.done, t.total, t.left(), c.ID(), outcome)
	}
	t.update()
}

// update shows how far a sweep is.
func (t *tally) update() {
	if t.total == 1 {
		return
	}
	var names []string
	for _, c := range slices.SortedFunc(maps.Keys(t.running), compareConfigs) {
		names = append(names, fmt.Sprintf("%s %s K=%d", c.Objective, c.Activation, c.K))
	}
	rate := float64(t.ended) / time.Since(t.started).Minutes()
	t.show(fmt.Sprintf("%d/%d runs, %s left, %.3g/min, now %s", t.done, t.total, t.left(), rate, strings.Join(names, "; ")))
}

// left is the time left, by the cost of what is done.
func (t *tally) left() string {
	spent := t.spent
	for c, share := range t.running {
		spent += float64(share * c.cost())
	}
	if spent == 0 {
		return "?"
	}
	left := time.Duration(float64(time.Since(t.started)) * (t.cost - spent) / spent)
	return left.Round(time.Second).String()
}
