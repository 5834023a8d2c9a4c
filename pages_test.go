package main

import (
	"os"
	"strings"
	"testing"
)

// textOf is a file of text, without the line ends that Git may have made its own.
func textOf(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
