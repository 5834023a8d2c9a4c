package main

import (
	"archive/zip"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOwnDataFromFileToReport takes scikit-learn's digits, which testdata/own.py saved: 64 inputs of 17 levels, float64.
func TestOwnDataFromFileToReport(t *testing.T) {
	digits, err := os.ReadFile("testdata/own_digits.npz")
	if err != nil {
		t.Fatal(err)
	}
	hash := fmt.Sprintf("%x", sha256.Sum256(digits))
	file := filepath.Join(t.TempDir(), "my digits.npz")
	write(t, file, digits)
	s := store{t.TempDir()}
	grid := []string{"-data", file, "-act", "relu,tanh", "-k", "3", "-objective", "infomax,random", "-epochs", "2", "-quiet", "-out", s.out}
	mustRun(t, "-data", "uniform", "-k", "2", "-epochs", "1", "-tc-rows", "0", "-quiet", "-out", s.out)
	mustRun(t, grid...)
	there, err := s.scan(inventory{})
	if err != nil || len(there.good) != 5 {
		t.Fatalf("%d runs, %v", len(there.good), err)
	}
	for i, r := range there.sorted() {
		own := r.Config.Data == "my-digits-"+hash[:8] && r.DataSHA256 == hash && r.Inputs == 64 && r.Config.TCRows == 100 &&
			strings.HasPrefix(r.ID, r.Config.Data+"-") && r.Final.ProbeAccuracy > 0.1
		if own != (i > 0) {
			t.Errorf("run %d is %+v", i, r)
		}
	}
	if listed := mustRun(t, append(slices.Clone(grid), "-list")...); !strings.Contains(listed, "4 of 4 runs done") {
		t.Errorf("-list prints\n%s", listed)
	}
	if again := mustRun(t, grid...); !strings.HasPrefix(again, "4 of 4 runs done") {
		t.Errorf("the same command prints\n%s", again)
	}
	page := textOf(t, s.page())
	for _, want := range []string{"my-digits-" + hash[:8] + ", 2 epochs, 100 TC rows", "my-digits-" + hash[:8] + " " + hash} {
		if !strings.Contains(page, want) {
			t.Errorf("the report has not %q", want)
		}
	}
	write(t, file, archiveOf(t, ownMembers(nil)...))
	if listed := mustRun(t, append(slices.Clone(grid), "-list")...); !strings.Contains(listed, "0 of 4 runs done") {
		t.Errorf("of other content in the same file -list prints\n%s", listed)
	}
}

// TestOwnDataOfManyInputs: 3,072 of them, real numbers in float32, no labels.
func TestOwnDataOfManyInputs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 22))
	array := func(n int) []byte {
		x := make([]float32, n*3072)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		return npyOf("<f4", []int{n, 3072}, x)
	}
	file, out := filepath.Join(t.TempDir(), "random.npz"), t.TempDir()
	write(t, file, archiveOf(t, member{"train.npy", array(40), zip.Deflate}, member{"test.npy", array(9), zip.Store}))
	for _, objective := range []string{"infomax", "reconstruction"} {
		mustRun(t, "-data", file, "-k", "4", "-epochs", "2", "-objective", objective, "-quiet", "-out", out)
	}
	there, err := store{out}.scan(inventory{})
	if err != nil || len(there.good) != 2 {
		t.Fatalf("%d runs, %v", len(there.good), err)
	}
	for id, r := range there.good {
		// 40 rows are one batch, and 9 are too few for total correlation
		if r.Inputs != 3072 || r.Config.Batch != 0 || r.Config.TCRows != 0 || r.Final.ProbeStatus != "no labels" || r.Curve[1].Loss >= r.Curve[0].Loss {
			t.Errorf("%s: %+v", id, r)
		}
	}
}

// TestStacksInThePlaneHaveTheirWeightsAsImages: these are not over the data.
func TestStacksInThePlaneHaveTheirWeightsAsImages(t *testing.T) {
	s := store{t.TempDir()}
	mustRun(t, "-data", "clusters", "-k", "3", "-below", "none,infomax:2", "-epochs", "1", "-tc-rows", "0", "-quiet", "-out", s.out)
	there, err := s.scan(inventory{})
	if err != nil || len(there.good) != 3 {
		t.Fatalf("%d runs, %v", len(there.good), err)
	}
	for id, r := range there.good {
		if svg := textOf(t, filepath.Join(s.folder(id), "filters.svg")); strings.Contains(svg, "over the data") == r.Config.stacked() {
			t.Errorf("%s: filters.svg is wrong", id)
		}
	}
}

// TestOwnDataInThePlaneHaveTheirPictureInTheRun: the report has not the points.
func TestOwnDataInThePlaneHaveTheirPictureInTheRun(t *testing.T) {
	file, s := filepath.Join(t.TempDir(), "plane.npz"), store{t.TempDir()}
	write(t, file, archiveOf(t, ownMembers(nil)...))
	mustRun(t, "-data", file, "-k", "2", "-epochs", "1", "-seed", "1-2", "-quiet", "-out", s.out)
	there, err := s.scan(inventory{})
	if err != nil || len(there.good) != 2 {
		t.Fatalf("%d runs, %v", len(there.good), err)
	}
	for id := range there.good {
		if svg := textOf(t, filepath.Join(s.folder(id), "filters.svg")); !strings.Contains(svg, "over the data") {
			t.Errorf("%s: filters.svg is no plane", id)
		}
	}
	if figures, _ := filepath.Glob(filepath.Join(s.out, "*weight-vectors*")); len(figures) > 0 {
		t.Errorf("the report has %v", figures)
	}
}
