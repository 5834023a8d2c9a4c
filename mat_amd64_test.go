//go:build !purego

package main

import (
	"os"
	"strings"
	"testing"
)

// twins are the implementations that this processor can run, plain Go first.
func twins() []*twin {
	list := []*twin{nil}
	switch bestTwin() {
	case avx512:
		return append(list, avx2, avx512)
	case avx2:
		return append(list, avx2)
	}
	return list
}

func implementations() (names []string) {
	for _, t := range twins() {
		names = append(names, nameOf(t))
	}
	return names
}

func nameOf(t *twin) string {
	if t == nil {
		return "generic"
	}
	return t.name
}

// force makes a test or benchmark use one implementation.
func force(tb testing.TB, name string) {
	tb.Helper()
	for _, t := range twins() {
		if nameOf(t) == name {
			saved := simd
			simd = t
			tb.Cleanup(func() { simd = saved })
			return
		}
	}
	tb.Fatalf("no implementation %q", name)
}

// TestBestTwinIsChosen compares the choice with what Linux says of the processor.
func TestBestTwinIsChosen(t *testing.T) {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Skip("no /proc/cpuinfo to compare with")
	}
	has := func(flags ...string) bool {
		for _, f := range flags {
			if !strings.Contains(string(info), " "+f+" ") {
				return false
			}
		}
		return true
	}
	want := "generic"
	switch {
	case has("avx512f", "avx512dq", "fma"):
		want = "avx512"
	case has("avx2", "fma"):
		want = "avx2"
	}
	if got := nameOf(bestTwin()); got != want {
		t.Errorf("chose %s, and /proc/cpuinfo has the flags for %s", got, want)
	}
}
