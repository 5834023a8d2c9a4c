// Files written whole and durably: the contents are written and synced under a temporary name beside the file,
// which is then renamed. Then what a person sees of a long command, and how much memory there is.

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
	"runtime/debug"
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

// tempName is a name in dir that nobody else uses. A process that is killed while it writes leaves what it wrote under
// such a name. Nobody removes it, because nobody can tell it from what another machine is writing at that moment.
func tempName(dir string) string { return filepath.Join(dir, ".infomax-tmp-"+rand.Text()) }

// readRegular reads a file that is no folder, and no pipe or device, which may never end, if there is memory for it.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", path)
	}
	if err == nil {
		err = memoryFor(int(info.Size()))
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

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

// console is what a person sees beside the results: lines, and how far the work is. On a terminal this is one line
// that is overwritten in place; elsewhere it is a new line, at most one every half minute.
type console struct {
	mu              sync.Mutex
	out             io.Writer
	terminal, quiet bool
	shown           int       // characters of the line in place
	last            time.Time // when such a line was written elsewhere
}

func newConsole(out io.Writer, quiet bool) *console {
	c := &console{out: out, quiet: quiet, last: time.Now()}
	if f, ok := out.(*os.File); ok && os.Getenv("TERM") != "dumb" {
		info, err := f.Stat()
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

// show tells how far the work is, or with "" that it is over.
func (c *console) show(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.quiet:
	case c.terminal:
		c.place(text)
	case text != "" && time.Since(c.last) >= 30*time.Second:
		c.last = time.Now()
		fmt.Fprintln(c.out, text)
	}
}

// place overwrites the line in place with the first 79 characters of text. The caller holds mu.
func (c *console) place(text string) {
	line := []rune(text)
	if len(line) > 79 {
		line = append(line[:78], '…')
	}
	if c.shown > 0 || len(line) > 0 {
		fmt.Fprintf(c.out, "\r%-*s\r", c.shown, string(line))
	}
	c.shown = len(line)
}

// memoryFor returns an error if fewer bytes than needed can be had.
func memoryFor(need int) error {
	if free := freeMemory(); float64(need) > free {
		return fmt.Errorf("%.3g GB of memory are needed, and %.3g GB are free", float64(need)/1e9, free/1e9)
	}
	return nil
}

// freeMemory returns how many bytes the program can still have, by what the system, a container's limit and GOMEMLIMIT
// say. Where none says anything it is as good as infinite.
func freeMemory() float64 {
	free := float64(debug.SetMemoryLimit(-1))
	limit := func(file, before string, unit float64) {
		b, _ := os.ReadFile(file) // no such file says nothing
		_, text, _ := strings.Cut(string(b), before)
		var n float64
		if _, err := fmt.Sscan(text, &n); err == nil {
			free = min(free, n*unit)
		}
	}
	limit("/proc/meminfo", "MemAvailable:", 1<<10)
	limit("/proc/self/limits", "Max address space", 1) // ulimit -v
	limit("/sys/fs/cgroup/memory.max", "", 1)
	return free
}
