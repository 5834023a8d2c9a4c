package main

import (
	"bytes"
	"math"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestFlushTakesFilesThatCannotBeSynced, such as a pipe, but no other failure.
func TestFlushTakesFilesThatCannotBeSynced(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := flush(w); err != nil {
		t.Errorf("a pipe: %v", err)
	}
	if r.Close(); w.Close() != nil || flush(w) == nil {
		t.Error("a closed file was taken for one that is on the disk")
	}
}

// TestATerminalHasOneLineInPlace, below the lines that stay; /dev/null is a terminal as far as the system tells.
func TestATerminalHasOneLineInPlace(t *testing.T) {
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	for name, want := range map[string]bool{"xterm": true, "dumb": false} {
		if t.Setenv("TERM", name); newConsole(device, false).terminal != want {
			t.Errorf("TERM=%s: overwrites its line: %t", name, !want)
		}
	}
	var out bytes.Buffer
	c := newConsole(&out, false)
	c.terminal = true
	c.show("three")
	c.show("four")
	c.warn("%d", 5)
	c.show(strings.Repeat("x", 90))
	want := "\rthree\r\rfour \r\r    \r5\n\r" + strings.Repeat("x", 78) + "…\r"
	if got := out.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestALogHasALineAHalfMinute of progress, with the time left by the cost of what is done, and all other lines.
func TestALogHasALineAHalfMinute(t *testing.T) {
	for quiet, want := range map[bool]string{
		true:  "a problem\n",
		false: "1/3 runs, 1m30s left; third\na problem\n3/3 runs, 0s left; fifth\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			c := planOf(t, "-data clusters -k 4").mine[0]
			p := newProgress(newConsole(&out, quiet), 1, []Config{c, c})
			p.advance(0, 0, "first")
			time.Sleep(20 * time.Second)
			p.advance(0, c.cost()/4, "second")
			time.Sleep(10 * time.Second)
			p.advance(0, c.cost()/4, "third")
			p.warn("a problem")
			time.Sleep(29 * time.Second)
			p.advance(1, c.cost()/2, "fourth")
			time.Sleep(time.Second)
			p.advance(1, c.cost(), "fifth")
			if got := out.String(); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestInfinityKeepsItsSign(t *testing.T) {
	for text, x := range map[string]float64{
		"−Inf": math.Inf(-1), "+Inf": math.Inf(1), "−1×10⁻⁷": -1e-7, "0": math.Copysign(0, -1),
	} {
		if got := short(x); got != text {
			t.Errorf("%v is %q, want %q", x, got, text)
		}
	}
}

func sha256Of(text string) string { return sha256Text([]byte(text)) }

// contentsOf is the bytes of a file.
func contentsOf(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
