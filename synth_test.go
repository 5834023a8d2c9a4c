package main

import (
	"math"
	"testing"
)

// The hashes are this program's own, pinned: a change of them is a change of the data. That of
// uniform was also computed by a PCG-DXSM written in Python.
func TestPlaneDataIsFixed(t *testing.T) {
	tests := []struct {
		name string
		make func() *Dataset
		want string
	}{
		{"clusters", clusters, "7c7a6934b067524abfff83ec712fe0f84688bd649dd1a7bc8f3c704ece1949e0"},
		{"uniform", uniform, "43faa9228f2fd9249777a0bd400a9a329c9300fedb0f5f5487c1119077cc9fbd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := tt.make()
			if d.Train.D != 2 || d.Train.N != 8000 || d.Test.N != 2000 {
				t.Errorf("got D = %d, %d + %d rows; want 2, 8000 + 2000", d.Train.D, d.Train.N, d.Test.N)
			}
			if d.SHA256 != tt.want {
				t.Errorf("SHA-256 is %s, want %s", d.SHA256, tt.want)
			}
		})
	}
}

// With n points a mean is within 5·sd/√n of the truth, and a variance within 5·√(2/n).
func TestClustersHaveTheirCentresAndSpread(t *testing.T) {
	const n = 1250
	var count [8]int
	var sum, squares [8][2]float64 // of x − centre
	d := clusters()
	for _, s := range []Set{d.Train, d.Test} {
		for i, x := range elementsOf(s) {
			class := s.labels[i/2]
			offset := x - clusterCentres[class][i%2]
			count[class]++
			sum[class][i%2] += offset
			squares[class][i%2] += offset * offset
		}
	}
	for class := range count {
		angle := float64(class) * math.Pi / 4
		centre := [2]float64{2 * math.Cos(angle), 2 * math.Sin(angle)}
		if count[class] != 2*n {
			t.Errorf("class %d has %d coordinates, want %d", class, count[class], 2*n)
		}
		for d := range centre {
			if off := clusterCentres[class][d] - centre[d]; math.Abs(off) > 1e-15 {
				t.Errorf("centre %d: coordinate %d is off by %g", class, d, off)
			}
			if mean := sum[class][d] / n; math.Abs(mean) > 5*clusterSD/math.Sqrt(n) {
				t.Errorf("class %d: coordinate %d has its mean %g from the centre", class, d, mean)
			}
			if ratio := squares[class][d] / n / (clusterSD * clusterSD); math.Abs(ratio-1) > 5*math.Sqrt(2.0/n) {
				t.Errorf("class %d: coordinate %d has %g of the variance", class, d, ratio)
			}
		}
	}
}

// TestPlacesWithoutInputKeepNoWeight: a point fills two of a square's four places.
func TestPlacesWithoutInputKeepNoWeight(t *testing.T) {
	var x []float64
	for n := range 200 {
		x = append(x, float64(n%7)-3.5, float64(n%11)-5.5)
	}
	sparse := realSet(x, 1, 2, nil)
	for _, objective := range []string{"infomax", "reconstruction"} {
		c := Config{Objective: objective, Activation: "tanh", K: 9, Lambda: 1, Batch: 128, LearningRate: 1e-3}
		tr := newTrainer(c, &sparse)
		if tr.W.Rows != 4 {
			t.Fatalf("W has %d rows, want 4: the set is not sparse", tr.W.Rows)
		}
		for range 5 {
			tr.step(allRows(128))
		}
		for _, m := range []Mat{tr.W, tr.V} {
			for i, x := range m.Data {
				if (x == 0) != (i >= 2*m.Cols) {
					t.Errorf("%s: place %d of 4 has weight %v", objective, i/m.Cols, x)
				}
			}
		}
	}
}
