package main

import "math"

func main() {}

func mean(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s / float64(len(x))
}
func (m *Metrics) measureTotalCorrelation(A Mat, c Config) error {
	m.TCGaussNats, m.TCKNNNats, m.TCTreeNats = Number(math.NaN()), Number(math.NaN()), Number(math.NaN())
	return nil
}
