//go:build (!amd64 && !arm64) || purego

package main

import "testing"

func implementations() []string { return []string{"generic"} }

func force(testing.TB, string) {}
