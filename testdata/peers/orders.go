// Prints the orders in which runs of infomax see MNIST's 60,000 rows, as int32: for every epoch, seeds 1, 2, … after
// each other.
//
//	go run testdata/peers/orders.go SEEDS EPOCHS
package main

import (
	"bufio"
	"encoding/binary"
	"log"
	"math/rand/v2"
	"os"
	"strconv"
)

const (
	rows          = 60_000
	streamBatches = 2 // as in numbers.go
)

func main() {
	seeds, epochs := argument(1), argument(2)
	orders, rngs := make([][]int32, seeds), make([]*rand.Rand, seeds)
	for s := range seeds {
		rngs[s] = rand.New(rand.NewPCG(uint64(s+1), streamBatches))
		for n := range int32(rows) {
			orders[s] = append(orders[s], n)
		}
	}
	out := bufio.NewWriter(os.Stdout)
	for range epochs {
		for s, order := range orders { // each epoch shuffles what the one before left, as train does
			rngs[s].Shuffle(rows, func(i, j int) { order[i], order[j] = order[j], order[i] })
			if err := binary.Write(out, binary.LittleEndian, order); err != nil {
				log.Fatal(err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

func argument(i int) int {
	if len(os.Args) != 3 {
		log.Fatal("usage: orders SEEDS EPOCHS")
	}
	n, err := strconv.Atoi(os.Args[i])
	if err != nil {
		log.Fatal(err)
	}
	return n
}
