package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The claims of LESSON.md, in the order of its steps, and the geometry that they are about. l[3] is what the command of
// step 3 left.

var lessonClaims = slices.Concat(lessonBegins, lessonFourUnits, lessonOthers, lessonEnds)

var lessonBegins = []lessonClaim{
	{0, "Seven steps in 45 minutes", func(l lesson) lessonFact { return fact(len(l) == 1+7) }}, // the minutes: parseLesson
	{0, "Go %s,", func(l lesson) lessonFact { return fact(true, l[0].language) }},
	{0, "points in the plane, in eight clusters on a ring", func(l lesson) lessonFact { return fact(len(clusterCentres) == 8 && l[1].first().Inputs == 2) }},
	{0, "the line w·x + b = 0 thin", func(l lesson) lessonFact { return fact(strings.Contains(l[1].figure, ">w·x + b = 0</text>")) }},
	{0, "the title says so: w ×0.5.", func(l lesson) lessonFact { return fact(strings.Contains(l[1].figure, "; w ×0.5</text>")) }},

	{1, "The line starts through a cluster, and turns until it lies in the gap between two.", func(l lesson) lessonFact {
		return fact(clearance(l[1].start()[0]) < clusterSD && inGap(l[1].end()[0]))
	}},
	{1, "The arrow grows from %.2f to %.2f.", func(l lesson) lessonFact {
		from, to := lengthOf(l[1].start()[0]), lengthOf(l[1].end()[0])
		return fact(from < to, from, to)
	}},
	{1, "The loss falls from %.3f to %.3f.", func(l lesson) lessonFact {
		r := l[1].first()
		return fact(r.FinalLoss < r.InitialLoss, r.InitialLoss, r.FinalLoss)
	}},
	{1, "tanh lies between −1 and 1, so the variance is at most about 1, and −log of that is 0.", func(l lesson) lessonFact {
		most := 128.0 / 127 // half of a batch at each end
		return fact(math.Abs(math.Log(most)) < 0.01 && float64(l[1].first().FinalLoss) > -math.Log(most))
	}},
	{1, "half of the points must give −1 and half 1.", func(l lesson) lessonFact {
		return fact(math.Abs(shareBeyond(l[1].end()[0], planePoints("clusters"))-0.5) < 0.01)
	}},
	{1, "The line has four clusters on each side, and is as far from them as it can be.", func(l lesson) lessonFact {
		u := l[1].end()[0]
		return fact(shareBeyond(u, clusterCentres[:]) == 0.5 && inGap(u))
	}},
	{1, "A longer w makes the step from −1 to 1 steeper", func(l lesson) lessonFact { // tanh′(0) = 1, so it is as steep as w is long
		return fact(lengthOf(l[1].end()[0]) > lengthOf(l[1].start()[0]))
	}},
}

var lessonFourUnits = []lessonClaim{
	{2, "Now four units, without the tc term.", func(l lesson) lessonFact {
		return fact(l[2].first().Config.K == 4 && l[2].first().Config.Objective == "variance")
	}},
	{2, "There are four units and only two arrows: each has another one upon it.", func(l lesson) lessonFact {
		return fact(every(l[2].end(), func(u [3]float64) bool { return l[2].count(u, func(cos float64) bool { return cos > 0.9999 }) == 2 }))
	}},
	{2, "Two units that started %.0f° apart have become the same.", func(l lesson) lessonFact {
		widest := 0.0
		everyPair(l[2].end(), func(j, k int) bool {
			if cosine(l[2].end()[j], l[2].end()[k]) > 0.9999 {
				widest = max(widest, math.Acos(min(1, cosine(l[2].start()[j], l[2].start()[k]))))
			}
			return true
		})
		return fact(widest > 0, widest*180/math.Pi)
	}},
	{2, "The effective rank, which is 2 if the arrows spread evenly over the plane and 1 if all lie on one line, fell from %.2f to %.2f.", func(l lesson) lessonFact {
		r := l[2].first()
		return fact(effectiveRank([]float64{1, 1}) == 2 && effectiveRank([]float64{1, 0}) == 1 && r.Final.EffectiveRank < r.Init.EffectiveRank,
			r.Init.EffectiveRank, r.Final.EffectiveRank)
	}},
	{2, "there are only four gaps to end in.", func(l lesson) lessonFact { return fact(len(clusterCentres)/2 == 4 && every(l[2].end(), inGap)) }},
	{2, "four units say what two say. The output correlation, ‖Corr(a) − I‖², is %.2f.", func(l lesson) lessonFact {
		return fact(len(patterns(l[2].end(), clusterCentres[:])) == len(patterns(l[2].end()[:2], clusterCentres[:])), l[2].first().Final.OutputCorrelation)
	}},

	{3, "The same four units, from the same start.", func(l lesson) lessonFact { return fact(slices.Equal(l[2].start(), l[3].start())) }},
	{3, "Now each of the four gaps has a line.", func(l lesson) lessonFact {
		return fact(every(l[3].end(), inGap) && everyPair(l[3].end(), func(j, k int) bool { return math.Abs(cosine(l[3].end()[j], l[3].end()[k])) < 0.75 }))
	}},
	{3, "Two units that started in one direction went apart.", func(l lesson) lessonFact {
		return fact(!everyPair(l[3].start(), func(j, k int) bool { return cosine(l[3].start()[j], l[3].start()[k]) < 0.9999 }))
	}},
	{3, "The effective rank rose from %.2f to %.2f, and the output correlation is %.2f where it was %.2f.", func(l lesson) lessonFact {
		r, before := l[3].first(), l[2].first().Final.OutputCorrelation
		return fact(r.Final.EffectiveRank > r.Init.EffectiveRank && r.Final.OutputCorrelation < before,
			r.Init.EffectiveRank, r.Final.EffectiveRank, r.Final.OutputCorrelation, before)
	}},
	{3, "two units whose lines are neighbours, and two at a right angle? Are the four independent?", func(l lesson) lessonFact {
		return fact(every(l[3].end(), func(u [3]float64) bool { return l[3].count(u, neighbours) == 2 && l[3].count(u, perpendicular) == 1 }))
	}},
	{3, "Neighbours agree on six of the eight clusters, or on two if an arrow points the other way: a correlation of ½ or −½.", func(l lesson) lessonFact {
		return fact(l[3].agreements(neighbours) == "2 6" && (6-2)/8.0 == 0.5)
	}},
	{3, "Units at a right angle agree on four: 0.", func(l lesson) lessonFact { return fact(l[3].agreements(perpendicular) == "4") }},
	{3, "Each of the four has two neighbours, so ‖Corr(a) − I‖² is 8 · ¼ = 2; the run has %.2f, since tanh is softer than a step.", func(l lesson) lessonFact {
		hard := 0.0
		points := planePoints("clusters")
		everyPair(l[3].end(), func(j, k int) bool {
			corr := 2*float64(signAgreement(l[3].end()[j], l[3].end()[k], points))/float64(len(points)) - 1
			hard += corr * corr
			return true
		})
		return fact(math.Abs(hard-2) < 0.03, l[3].first().Final.OutputCorrelation)
	}},
	{3, "Four independent halvings have 16 patterns of signs, all equally often. Here there are 8, one for each cluster: " +
		"four units of 1 bit each tell 3 bits together, so that their total correlation is 1 bit.", func(l lesson) lessonFact {
		points, alone := planePoints("clusters"), 0.0
		for _, u := range l[3].end() {
			alone += bitsOf(patterns([][3]float64{u}, points))
		}
		together := bitsOf(patterns(l[3].end(), points))
		return fact(len(patterns(l[3].end(), clusterCentres[:])) == 8 && math.Abs(alone-4) < 0.05 && math.Abs(together-3) < 0.05)
	}},
	{3, "(The table's is of the outputs themselves, which tell more than signs, and is higher.)", func(l lesson) lessonFact {
		return fact(l[3].first().Final.tcBound() > math.Ln2) // nats in a bit
	}},

	{4, "No line goes through the middle any more. Each cuts off a side of the ring, with less than a quarter of the points.", func(l lesson) lessonFact {
		return fact(every(l[4].end(), func(u [3]float64) bool {
			share := shareBeyond(u, planePoints("clusters"))
			return math.Abs(u[2])/lengthOf(u) > 1 && min(share, 1-share) < 0.25 && min(share, 1-share) > 0
		}))
	}},
	{4, "The output correlation is %.2f where it was %.2f with λ = 1.", func(l lesson) lessonFact {
		now, before := l[4].first().Final.OutputCorrelation, l[3].first().Final.OutputCorrelation
		return fact(now < before && l[3].first().Config.Lambda == 1, now, before)
	}},
	{4, "Three pairs have small sides that meet, and correlations of %.2f at most; the small sides of the other three do not meet, " +
		"and they have %.2f to %.2f in size.", func(l lesson) lessonFact {
		meet, apart := l[4].correlations(planePoints("clusters"))
		return fact(len(meet) == 2*3 && len(apart) == 2*3, slices.Max(meet), slices.Min(apart), slices.Max(apart))
	}},
	{4, "Take λ times the tc term from the loss, and −Σ log Var is left: %.2f with λ = 1, and %.2f now.", func(l lesson) lessonFact {
		var left [2]float64
		for i, r := range []*Result{l[3].first(), l[4].first()} {
			left[i] = float64(r.FinalLoss) - r.Config.Lambda*float64(r.Curve[len(r.Curve)-1].TC)
		}
		return fact(left[0] < left[1], left[0], left[1])
	}},
}

var lessonOthers = []lessonClaim{
	{5, "ReLU, far too much of the tc term, and ten times the usual learning rate.", func(l lesson) lessonFact {
		return fact(l[5].first().Config.LearningRate == 10*protocolSetting.LearningRate && l[5].first().Config.Activation == "relu")
	}},
	{5, "Four of the eight units are dead. Two of their lines are at the lower left, beyond all points, and two outside the picture.", func(l lesson) lessonFact {
		dead := l[5].dead()
		view := newWindow(plane{Points: planePoints("clusters"), Units: l[5].end(), Path: l[5].path}, frame{0, 0, 300, 300})
		lowerLeft, outside := 0, 0
		for _, k := range dead {
			u := l[5].end()[k]
			from, to, _ := strings.Cut(strings.TrimPrefix(view.boundary(u), "M"), "L")
			switch {
			case shareBeyond(u, view.Points) > 0:
			case from == to:
				outside++
			case u[0] < 0 && u[1] < 0:
				lowerLeft++
			}
		}
		return fact(len(dead) == 4 && len(l[5].end()) == 8 && lowerLeft == 2 && outside == 2)
	}},
	{5, "The dead stand still from epoch %d on; the others move to the end.", func(l lesson) lessonFact {
		still, last := 0, len(l[5].path)-1
		others := true
		for k := range l[5].end() {
			moved := last
			for moved > 0 && l[5].path[moved][k] == l[5].path[moved-1][k] {
				moved--
			}
			if slices.Contains(l[5].dead(), k) {
				still = max(still, moved)
			} else {
				others = others && moved == last
			}
		}
		return fact(others && still < last, still)
	}},
	{5, "The output correlation fell from %.1f to %.2f.", func(l lesson) lessonFact {
		r := l[5].first()
		return fact(r.Final.OutputCorrelation < r.Init.OutputCorrelation, r.Init.OutputCorrelation, r.Final.OutputCorrelation)
	}},
	{5, "Is %.2f good?", func(l lesson) lessonFact { return fact(true, l[5].first().Final.OutputCorrelation) }},
	{5, "All points are on the side where ReLU is 0, and its slope is 0 there too.", func(l lesson) lessonFact {
		return fact(every(l[5].dead(), func(k int) bool { return shareBeyond(l[5].end()[k], planePoints("clusters")) == 0 }))
	}},
	{5, "counts as 1. So %d of the %.2f are the dead, and the living are nearly uncorrelated: " +
		"a fine number, for a network that has lost half of its units.", func(l lesson) lessonFact {
		r := l[5].first()
		rest := float64(r.Final.OutputCorrelation) - float64(r.Final.DeadUnits)
		return fact(0 <= rest && rest < 0.05 && 2*r.Final.DeadUnits == r.Config.K, r.Final.DeadUnits, r.Final.OutputCorrelation)
	}},
	{5, "Leave out `-lr 0.01`, and none dies.", func(l lesson) lessonFact { return fact(l[5].gentle.Final.DeadUnits == 0) }},

	{6, "Each cluster has an arrow of its own.", func(l lesson) lessonFact {
		return fact(len(l[6].end()) == len(clusterCentres) && every(clusterCentres[:], func(x [2]float64) bool {
			return l[6].count([3]float64{x[0], x[1]}, func(cos float64) bool { return cos > math.Cos(math.Pi/18) }) == 1
		}))
	}},
	{6, "The largest unit has %.3f of all output, where an equal share is %.3f.", func(l lesson) lessonFact {
		return fact(true, l[6].first().Final.MaxResponsibility, 1/float64(l[6].first().Config.K))
	}},
	{6, "The output correlation fell from %.1f to %.2f.", func(l lesson) lessonFact {
		r := l[6].first()
		return fact(r.Final.OutputCorrelation < r.Init.OutputCorrelation && r.Config.Objective == "variance", r.Init.OutputCorrelation, r.Final.OutputCorrelation)
	}},
	{6, "The correlation cannot be 0. A unit's covariances with all %d, itself included, sum to its covariance with 1, which is 0. " +
		"If all vary equally, its correlations with the %d others sum to −1. " +
		"Their squares are least if each is −1/%[2]d, and then ‖Corr(a) − I‖² is %[1]d · %[2]d / %[2]d² = %.2[3]f.", func(l lesson) lessonFact {
		K := l[6].first().Config.K
		floor := float64(K) / float64(K-1)
		return fact(float64(l[6].first().Final.OutputCorrelation) > floor, K, K-1, floor)
	}},
}

var lessonEnds = []lessonClaim{
	{7, "Networks of 2, 4 and 16 units, five of each, untrained and trained.", func(l lesson) lessonFact {
		return fact(every([]int{2, 4, 16}, func(K int) bool { return len(l[7].of("infomax", K)) == 5 && len(l[7].of("random", K)) == 5 }) && len(l[7].runs) == 30)
	}},
	{7, "`lesson/7/tables.md` has the numbers.", func(l lesson) lessonFact { return fact(l[7].tables != "") }}, // three of them are looked for below
	{7, "Every line rises: training makes the effective rank higher.", func(l lesson) lessonFact {
		return fact(every(l[7].runs, func(r *Result) bool {
			return r.Config.Objective == "random" || r.Final.EffectiveRank > r.Init.EffectiveRank
		}))
	}},
	{7, "But the more units, the less there is to gain: the dotted line, of random weights, is at %.3f for 2 units, " +
		"%.3f for 4 and %.3f for 16, and nothing can be above 2.", func(l lesson) lessonFact {
		var levels []any
		rises := true
		for _, K := range []int{2, 4, 16} {
			var ranks []float64
			for _, r := range l[7].of("random", K) {
				ranks = append(ranks, float64(r.Final.EffectiveRank))
			}
			level := interquartileMean(ranks)
			rises = rises && level < 2 && (len(levels) == 0 || level > levels[len(levels)-1].(float64)) &&
				strings.Contains(l[7].tables, fmt.Sprintf(" | %.3f |\n", level))
			levels = append(levels, level)
		}
		return fact(rises, levels...)
	}},
	{7, "How much effective rank can training gain on MNIST, with 784 inputs and 16 or 32 units?", func(l lesson) lessonFact {
		return fact(strings.Contains(l[0].readme, "On MNIST, with K = 16 and 32,") && mnist.files[0].dims[1]*mnist.files[0].dims[2] == 784)
	}},
	{7, "At most 1 %%.", func(l lesson) lessonFact { return fact(strings.Contains(l[0].readme, " 99.0 to ")) }},
	{7, "a few arrows in 784 dimensions are nearly perpendicular: the cosine of two random ones is about 1/%.0f.", func(l lesson) lessonFact { return fact(true, math.Sqrt(784)) }},
	{7, "99.0 to 99.5 %% of the highest effective rank there can be, and there InfoMax is below them ([README.md](README.md)).", func(l lesson) lessonFact {
		return fact(strings.Contains(l[0].readme, "99.0 to 99.5 % of the highest effective rank there can be, and the estimated shifts from there to InfoMax are −"))
	}},
	{7, "With 2 units here, a linear probe tells the clusters apart better from random features than from trained ones, in all five networks.", func(l lesson) lessonFact {
		trained, random := l[7].of("infomax", 2), l[7].of("random", 2)
		better := 0
		for i, r := range random {
			if r.Config.Seed == trained[i].Config.Seed && r.Final.ProbeAccuracy > trained[i].Final.ProbeAccuracy {
				better++
			}
		}
		return fact(better == 5)
	}},
}

// neighbours tells whether units with that cosine have lines at 45°, perpendicular whether at 90°.
func neighbours(cos float64) bool    { return math.Abs(math.Abs(cos)-math.Sqrt2/2) < 0.05 }
func perpendicular(cos float64) bool { return math.Abs(cos) < 0.05 }

// beyond is w·x + b.
func beyond(u [3]float64, x [2]float64) float64 { return u[0]*x[0] + u[1]*x[1] + u[2] }

func lengthOf(u [3]float64) float64 { return math.Hypot(u[0], u[1]) }

func cosine(u, v [3]float64) float64 { return (u[0]*v[0] + u[1]*v[1]) / lengthOf(u) / lengthOf(v) }

// clearance is how far a unit's line is from the nearest centre of a cluster. Through the middle, and halfway between
// two, it is 2 sin(π/8).
func clearance(u [3]float64) float64 {
	nearest := math.Inf(1)
	for _, x := range clusterCentres {
		nearest = min(nearest, math.Abs(beyond(u, x))/lengthOf(u))
	}
	return nearest
}

func inGap(u [3]float64) bool { return clearance(u) > 0.95*2*math.Sin(math.Pi/8) }

// shareBeyond is the share of the points on the arrow's side of a unit's line.
func shareBeyond(u [3]float64, points [][2]float64) float64 {
	n := 0.0
	for _, x := range points {
		if beyond(u, x) > 0 {
			n++
		}
	}
	return n / float64(len(points))
}

// signAgreement is on how many of the points two units have the same sign.
func signAgreement(u, v [3]float64, points [][2]float64) (n int) {
	for _, x := range points {
		if (beyond(u, x) > 0) == (beyond(v, x) > 0) {
			n++
		}
	}
	return n
}

// patterns counts the points by the signs that all units have there.
func patterns(units [][3]float64, points [][2]float64) map[string]int {
	counts := map[string]int{}
	for _, x := range points {
		signs := ""
		for _, u := range units {
			signs += fmt.Sprint(beyond(u, x) > 0)
		}
		counts[signs]++
	}
	return counts
}

// bitsOf is the entropy of the counts.
func bitsOf(counts map[string]int) (h float64) {
	total := 0
	for _, n := range counts {
		total += n
	}
	for _, n := range counts {
		p := float64(n) / float64(total)
		h -= p * math.Log2(p)
	}
	return h
}

// everyPair tells whether all pairs of different units are so, both ways round.
func everyPair(units [][3]float64, is func(j, k int) bool) bool {
	for j := range units {
		for k := range units {
			if j != k && !is(j, k) {
				return false
			}
		}
	}
	return true
}

func every[T any](all []T, is func(T) bool) bool {
	return !slices.ContainsFunc(all, func(x T) bool { return !is(x) })
}

// correlations are those of the outputs of two tanh units on the points, in size, for every pair twice: of pairs whose small
// sides meet, and of the others.
func (l lessonRuns) correlations(points [][2]float64) (meet, apart []float64) {
	everyPair(l.end(), func(j, k int) bool {
		var u, v []float64
		both := 0
		for _, x := range points {
			small := 0
			for _, w := range [][3]float64{l.end()[j], l.end()[k]} {
				if (beyond(w, x) > 0) == (shareBeyond(w, points) < 0.5) {
					small++
				}
			}
			if small == 2 {
				both++
			}
			u, v = append(u, math.Tanh(beyond(l.end()[j], x))), append(v, math.Tanh(beyond(l.end()[k], x)))
		}
		size := math.Abs(correlationOf(u, v))
		if both > 0 {
			meet = append(meet, size)
		} else {
			apart = append(apart, size)
		}
		return true
	})
	return meet, apart
}

// correlationOf is Pearson's r.
func correlationOf(x, y []float64) float64 {
	xy, xx, yy, mx, my := 0.0, 0.0, 0.0, average(x), average(y)
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}
