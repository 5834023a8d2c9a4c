//go:build !linux && !darwin

package main

import (
	"io/fs"
	"os"
)

// columnsOf is the usual width if f may be a terminal, 0 if it is none.
func columnsOf(f *os.File) int {
	if info, err := f.Stat(); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		return 0
	}
	return usualColumns
}
