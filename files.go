// Files written whole and durably: what is to be there is written and synced under a temporary name
// beside it, then renamed. At the end, the console, a file that a person reads. They rest on nothing of this
// program.

package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// file is a file to be written, in a folder that is known.
type file struct {
	name string
	data []byte
}

const (
	tempPrefix = ".infomax-tmp-"
	// leftoverAge is far beyond the seconds that a live process needs between making a
	// temporary file and renaming it, and any difference between two machines' clocks.
	leftoverAge = time.Hour
)

// tempName is a name in dir that nobody else uses.
func tempName(dir string) string { return filepath.Join(dir, tempPrefix+rand.Text()) }

// writeAtomic makes path hold b, or on failure what it held before. It makes the folder too.
func writeAtomic(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return replace(path, func(temp string) error { return writeSynced(temp, b) })
}

// replace makes path what write makes of temp, or on failure leaves it as it was.
func replace(path string, write func(temp string) error) error {
	dir := filepath.Dir(path)
	temp := tempName(dir)
	defer os.RemoveAll(temp) // nothing is left of it once it is renamed
	if err := write(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(dir)
}

// writeFolder writes a new folder of files to the disk itself.
func writeFolder(dir string, files []file) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	for _, f := range files {
		if err := writeSynced(filepath.Join(dir, f.name), f.data); err != nil {
			return err
		}
	}
	return syncFolder(dir)
}

// writeSynced writes a new file to the disk itself.
func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder makes the names in dir durable. Windows has no such thing, and some network
// folders neither.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err = d.Sync(); errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

// clearLeftovers removes from dir what killed processes left unfinished there.
func clearLeftovers(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		info, statErr := e.Info()
		if strings.HasPrefix(e.Name(), tempPrefix) && statErr == nil && time.Since(info.ModTime()) > leftoverAge {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// console is what a person reads beside the results: lines, and on a terminal one more below them that
// changes in place.
type console struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	quiet    bool
	shown    []rune // the line in place
}

func newConsole(out io.Writer, quiet bool) *console {
	c := &console{out: out, quiet: quiet}
	if file, ok := out.(*os.File); ok {
		info, err := file.Stat()
		c.terminal = err == nil && info.Mode()&fs.ModeCharDevice != 0
	}
	return c
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

// keep leaves the line in place as it is.
func (c *console) keep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.shown) > 0 {
		fmt.Fprintln(c.out)
	}
	c.shown = nil
}

// place overwrites the line in place. The caller holds mu.
func (c *console) place(text string) {
	const width = 79
	line := []rune(text)
	if len(line) > width {
		line = append(line[:width-1], '…')
	}
	if slices.Equal(line, c.shown) {
		return
	}
	fmt.Fprint(c.out, "\r", string(line), strings.Repeat(" ", max(0, len(c.shown)-len(line))))
	if len(line) == 0 {
		fmt.Fprint(c.out, "\r")
	}
	c.shown = line
}
