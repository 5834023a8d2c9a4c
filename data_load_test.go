package main

import (
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDataSetsAreFoundByTheirNames(t *testing.T) {
	mnistForTest(t) // so that its files are there
	own := &Dataset{Name: "digits-3a7bd3e2", Test: Set{N: 5}}
	from := dataSource{own: own}
	for _, name := range []string{"mnist", "mnist-shifted", "clusters", "uniform", own.Name} {
		d, err := loadData(t.Context(), from, name, newConsole(io.Discard, true))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := d.size(); got != from.size(name) {
			t.Errorf("%s is of %+v, want %+v", name, got, from.size(name))
		}
	}
}

func TestOwnDataComeAfterTheOthersByName(t *testing.T) {
	want := []string{"mnist", "fashion", "mnist-shifted", "clusters", "uniform", "Zoo-00000000", "aa-11111111", "aa-22222222"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareData)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if compareConfigs(Config{Data: "aa-11111111", K: 2}, Config{Data: "aa-22222222", K: 1}) >= 0 {
		t.Error("runs of two own data sets are not in their order")
	}
}
