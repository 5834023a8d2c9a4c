//go:build !purego

package main

import "testing"

func implementations() []string { return []string{"generic", "neon"} }

// force makes a test or benchmark use one implementation.
func force(tb testing.TB, name string) {
	tb.Helper()
	saved := neon
	neon = name == "neon"
	tb.Cleanup(func() { neon = saved })
}
