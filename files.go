package main

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	tempPrefix    = ".infomax-tmp-"
	damagedPrefix = "damaged-"
	// leftoverAge is far beyond the seconds that a live process needs between making a
	// temporary file and renaming it, and any difference between two machines' clocks.
	leftoverAge = time.Hour
)

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

// file is a file of a run's folder.
type file struct {
	name string
	data []byte
}

// writeSynced writes a new file to the disk itself.
func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// writeAtomic makes path hold b, or on failure what it held before.
func writeAtomic(path string, b []byte) error {
	dir := filepath.Dir(path)
	temp := filepath.Join(dir, tempPrefix+rand.Text())
	defer os.Remove(temp) // nothing is left of it once it is renamed
	if err := writeSynced(temp, b); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(dir)
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
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}
