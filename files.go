// Files written whole and durably: what is to be there is written and synced under a temporary name
// beside it, then renamed. At the end, the console, a file that a person reads. They rest on nothing of this
// program.

package main

import (
	"cmp"
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
	syncFolder(dir) // what cannot be synced is there all the same; store.prepare has said so
	return nil
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
	syncFolder(dir)
	return nil
}

// writeSynced writes a new file to the disk itself.
func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, flush(f), f.Close())
}

// syncFolder makes the names in dir durable. Windows has no such thing.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return flush(d)
}

// flush has f on the disk itself, where the file system knows how: many a network or FUSE one does not, for
// folders or at all, and says so in ways of its own.
func flush(f *os.File) error {
	err := f.Sync()
	for _, unknown := range []error{errors.ErrUnsupported, syscall.EINVAL, syscall.ENOTTY} {
		if errors.Is(err, unknown) {
			return nil
		}
	}
	return err
}

// clearLeftovers removes from dir what killed processes left unfinished there, if there is such a folder. What
// cannot be removed, which is mostly another user's, stays; the first reason is returned.
func clearLeftovers(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if temporary(e) && !fresh(e) {
			err = cmp.Or(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// temporary says whether an entry's name is one of tempName.
func temporary(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), tempPrefix) }

// fresh says whether a live process may hold the entry. One that is just gone was held.
func fresh(e fs.DirEntry) bool {
	info, err := e.Info()
	return err != nil || time.Since(info.ModTime()) < leftoverAge
}

// usualColumns is the width of a terminal that does not tell.
const usualColumns = 80

// console is what a person reads beside the results: lines, and on a terminal one more below them that
// changes in place.
type console struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	columns  func() int // of the terminal, whose window may change
	quiet    bool
	shown    []rune // the line in place
}

func newConsole(out io.Writer, quiet bool) *console {
	c := &console{out: out, quiet: quiet, columns: func() int { return usualColumns }}
	if file, ok := out.(*os.File); ok {
		c.columns = func() int { return columnsOf(file) }
		c.terminal = c.columns() > 0
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
	width := max(1, c.columns()-1) // a full line would wrap on some terminals
	line := []rune(text)
	if len(line) > width {
		line = append(line[:width-1], '…')
	}
	if slices.Equal(line, c.shown) {
		return
	}
	fmt.Fprint(c.out, "\r", string(line), strings.Repeat(" ", max(0, min(width, len(c.shown))-len(line))))
	if len(line) == 0 {
		fmt.Fprint(c.out, "\r")
	}
	c.shown = line
}
