// Files written whole and durably: the contents are written and synced under a temporary name beside the file,
// which is then renamed. At the end, the console, which a person reads.

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

// replace puts what write creates at temp in the place of path, or on failure leaves path as it was.
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
	syncFolder(dir) // if this fails the file is there all the same, and store.prepare has warned
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

// flush forces f to the disk itself where the file system can. Many network and FUSE file systems cannot, for
// folders or at all, and each reports that in its own way.
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

// fresh says whether a live process may be using the entry. One that has just vanished was in use.
func fresh(e fs.DirEntry) bool {
	info, err := e.Info()
	return err != nil || time.Since(info.ModTime()) < leftoverAge
}

// usualColumns is the width of a terminal that does not tell.
const usualColumns = 80

// console is the output for a person, beside the results: lines, and on a terminal a status line below them
// that is overwritten in place.
type console struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	columns  func() int // of the terminal, whose window may change
	quiet    bool
	shown    []rune // the status line
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

// show puts text in the status line.
func (c *console) show(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.terminal && !c.quiet {
		c.place(text)
	}
}

// keep leaves the status line on the screen as it is; the next output begins below it.
func (c *console) keep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.shown) > 0 {
		fmt.Fprintln(c.out)
	}
	c.shown = nil
}

// place overwrites the status line. The caller holds mu.
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
