//go:build !purego

package main

import (
	"os"
	"strings"
	"testing"
)

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
	if names := implementations(); names[len(names)-1] != want {
		t.Errorf("chose %s, and /proc/cpuinfo has the flags for %s", names[len(names)-1], want)
	}
}
