// The data sets by name: the images, those in the plane, and a person's own.

package main

import (
	"cmp"
	"context"
	"slices"
)

var (
	imageNames = func() (names []string) {
		for _, d := range imageSets {
			names = append(names, d.name)
		}
		return names
	}()
	planeNames = []string{"clusters", "uniform"} // of two inputs
	dataNames  = slices.Concat(imageNames, planeNames)
)

// compareData is the order of data sets in every list and table: own data come last, by name.
func compareData(a, b string) int {
	rank := func(name string) int {
		if i := slices.Index(dataNames, name); i >= 0 {
			return i
		}
		return len(dataNames)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// dataSource says where data sets come from, except for those that the program generates.
type dataSource struct {
	dir string   // of images; "" for the cache and what fills it
	own *Dataset // nil for none
}

// loadData returns the named data set. Downloads and problems are told on screen.
func loadData(ctx context.Context, from dataSource, name string, screen *console) (*Dataset, error) {
	switch name {
	case "clusters":
		return clusters(), nil
	case "uniform":
		return uniform(), nil
	}
	if i := slices.Index(imageNames, name); i >= 0 {
		return imageSets[i].load(ctx, from.dir, screen.say)
	}
	return from.own, nil
}

// dataSize is the rows of a data set's splits.
type dataSize struct{ train, test int }

// size is that of a data set of a name.
func (from dataSource) size(name string) dataSize {
	if i := slices.Index(imageNames, name); i >= 0 {
		return imageSets[i].size()
	}
	if slices.Contains(planeNames, name) {
		return dataSize{planeTrain, planeRows - planeTrain}
	}
	return from.own.size()
}
