package main

// Dataset is a data set with its two splits. Training uses Train, metrics of activations Test.
type Dataset struct {
	Name        string
	D           int // inputs
	Train, Test Set
	SHA256      string
}
