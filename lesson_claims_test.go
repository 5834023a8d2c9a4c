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
	{0, "(the program adds 10⁻⁶ to each Var)", func(l lesson) lessonFact { return fact(varianceEpsilon == 1e-6) }},
	{0, "λ is 1 unless `-lambda` says otherwise.", func(l lesson) lessonFact {
		return fact(every(l[1:], func(s lessonRuns) bool {
			return strings.Contains(s.command, " -lambda ") || every(s.runs, func(r *Result) bool { return !r.Config.hasLambda() || r.Config.Lambda == 1 })
		}))
	}},
	{0, "the line w·x + b = 0 thin", func(l lesson) lessonFact { return fact(strings.Contains(l[1].figure, ">w·x + b = 0</text>")) }},
	{0, "there it moves, unless the system is set to reduce motion. It repeats every %s seconds; print preview shows the end alone.", func(l lesson) lessonFact {
		moves := lessonMoves.FindAllStringSubmatch(l[1].figure, -1)
		still := strings.Contains(l[1].figure, "@media print, (prefers-reduced-motion: reduce) { .trajectory-moving { display: none }")
		period := slices.Concat(moves...)[1]
		return fact(still && every(moves, func(m []string) bool { return m[1] == period }), period)
	}},
	{0, "Decimals under Seen are from the table that the command prints: loss, weight norm (of one unit, its arrow's length), " +
		"effective rank, output correlation, largest responsibility.", func(l lesson) lessonFact {
		one := l[1].first().Final
		return fact(l.unprinted() == "" && math.Abs(float64(one.WeightNorm)-lengthOf(l[1].end()[0])) < 1e-9)
	}},
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
	{2, "There are four units and only two arrows: each arrow is two, one upon the other.", func(l lesson) lessonFact {
		return fact(every(l[2].end(), func(u [3]float64) bool { return l[2].count(u, func(cos float64) bool { return cos > 0.9999 }) == 2 }))
	}},
	{2, "Two units started in one direction, and two %.0f° apart; now both pairs are one.", func(l lesson) lessonFact {
		angles := l[2].angles(func(cos float64) bool { return cos > 0.9999 })
		return fact(len(angles) == 2 && angles[0] < 0.1, angles[len(angles)-1])
	}},
	{2, "The effective rank, which is 2 if the arrows spread evenly over the plane and 1 if all lie on one line, fell from %.2f to %.2f.", func(l lesson) lessonFact {
		r := l[2].first()
		return fact(effectiveRank([]float64{1, 1}) == 2 && effectiveRank([]float64{1, 0}) == 1 && r.Final.EffectiveRank < r.Init.EffectiveRank,
			r.Init.EffectiveRank, r.Final.EffectiveRank)
	}},
	{2, "there are only four lines through two opposite gaps.", func(l lesson) lessonFact { return fact(len(clusterCentres)/2 == 4 && every(l[2].end(), inGap)) }},
	{2, "four units say what two say. The output correlation, ‖Corr(a) − I‖², is %.2f. It was %.2f at the start: one of the two pairs " +
		"is an accident of the seed.", func(l lesson) lessonFact {
		r, angles := l[2].first(), l[2].angles(func(cos float64) bool { return cos > 0.9999 })
		same := len(patterns(l[2].end(), clusterCentres[:])) == len(patterns(l[2].end()[:2], clusterCentres[:]))
		return fact(same && len(angles) == 2 && angles[0] < 0.1 && angles[1] > 10, r.Final.OutputCorrelation, r.Init.OutputCorrelation)
	}},

	{3, "The same four units, from the same start.", func(l lesson) lessonFact { return fact(slices.Equal(l[2].start(), l[3].start())) }},
	{3, "Now each of the four pairs of opposite gaps has a line.", func(l lesson) lessonFact {
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
	{3, "Neighbours agree on six of the eight clusters, or on two if an arrow points the other way: a correlation of (6 − 2)/8 = ½, or of −½.", func(l lesson) lessonFact {
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
	{3, "four independent halvings have 16 patterns of signs, all equally often, and here there are 8, one for each cluster.", func(l lesson) lessonFact {
		return fact(len(patterns(l[3].end(), clusterCentres[:])) == 8)
	}},
	{3, "That of the signs is 4 · 1 − 3 = 1 bit.", func(l lesson) lessonFact {
		points, alone := planePoints("clusters"), 0.0
		for _, u := range l[3].end() {
			alone += bitsOf(patterns([][3]float64{u}, points))
		}
		return fact(math.Abs(alone-4) < 0.05 && math.Abs(bitsOf(patterns(l[3].end(), points))-3) < 0.05)
	}},
	{3, "(The table's, in nats, is of the outputs themselves. Theirs is truly infinite, since any two of the four give the other two; " +
		"an estimate from 2,000 points is finite.)", func(l lesson) lessonFact {
		r, units := l[3].first(), l[3].end() // a tanh gives its w·x + b, and two of those, not parallel, give the point
		solvable := r.Inputs == 2 && everyPair(units, func(j, k int) bool { return math.Abs(cosine(units[j], units[k])) < 0.9 })
		return fact(solvable && finite(r.Final.tcBound()) && finite(float64(r.Final.TCKNNNats)) && r.Config.TCRows == 2000 &&
			strings.Contains(l[3].printed, "(nats)"))
	}},

	{4, "No line goes through the middle any more. Each cuts off a side of the ring, with less than a quarter of the points; an arrow may point to the large side.", func(l lesson) lessonFact {
		toLarge := slices.ContainsFunc(l[4].end(), func(u [3]float64) bool { return shareBeyond(u, clusterCentres[:]) > 0.5 })
		return fact(toLarge && every(l[4].end(), func(u [3]float64) bool {
			share := shareBeyond(u, planePoints("clusters"))
			return math.Abs(u[2])/lengthOf(u) > 1 && min(share, 1-share) < 0.25 && min(share, 1-share) > 0
		}))
	}},
	{4, "The arrows are shorter than before, though here they are drawn at their length.", func(l lesson) lessonFact {
		before := l[3].end()
		return fact(strings.Contains(l[3].figure, "; w ×0.5<") && !strings.Contains(l[4].figure, "; w ×") &&
			every(l[4].end(), func(u [3]float64) bool {
				return every(before, func(v [3]float64) bool { return lengthOf(u) < lengthOf(v) })
			}))
	}},
	{4, "The output correlation is %.2f where it was %.2f with λ = 1.", func(l lesson) lessonFact {
		now, before := l[4].first().Final.OutputCorrelation, l[3].first().Final.OutputCorrelation
		return fact(now < before && l[3].first().Config.Lambda == 1, now, before)
	}},
	{4, "two steps are uncorrelated if their small sides share as many points as chance would give. " + // their covariance is both − p·q
		"Three pairs come near, with %.0f, %.0f and %.0f of 2,000 points where chance gives %.0f, %.0f and %.0f, and are correlated by %.2f at most. " +
		"The small sides of the other three do not meet. There ±%.2f to ±%.2f remains, and that is the %.2f.", func(l lesson) lessonFact {
		var shared, chance, meeting, apart []float64
		left, all := 0.0, float64(l[4].first().Final.OutputCorrelation)
		points := planePoints("clusters")
		everyPair(l[4].end(), func(j, k int) bool {
			u, v := l[4].end()[j], l[4].end()[k]
			corr := math.Abs(tanhCorrelation(u, v, points))
			switch p, q, both := smallSides(u, v, points); {
			case both == 0:
				apart, left = append(apart, corr), left+corr*corr
			case j < k:
				shared, chance, meeting = append(shared, 2000*both), append(chance, 2000*p*q), append(meeting, corr)
			}
			return true
		})
		slices.Sort(shared)
		slices.Sort(chance)
		return fact(len(points) == 2000 && len(shared) == 3 && len(apart) == 2*3 && slices.Max(meeting) < 0.02 && slices.Min(apart) > 0.2 && math.Abs(left-all) < 0.001,
			shared[0], shared[1], shared[2], chance[0], chance[1], chance[2], slices.Max(meeting), slices.Min(apart), slices.Max(apart), left)
	}},
	{4, "Take λ times the table's *Loss's tc term, in batches* from *Loss*, and −Σ log Var is left: %.2f with λ = 1, and %.2f now.", func(l lesson) lessonFact {
		var left [2]float64
		named := strings.Contains(l[4].printed, "\nLoss's tc term, in batches ") && strings.Contains(l[4].printed, "\nLoss ")
		for i, r := range []*Result{l[3].first(), l[4].first()} {
			left[i] = float64(r.FinalLoss) - r.Config.Lambda*float64(r.Curve[len(r.Curve)-1].TC)
		}
		return fact(named && left[0] < left[1], left[0], left[1])
	}},
}

var lessonOthers = []lessonClaim{
	{5, "ReLU, far too much of the tc term, and ten times the usual learning rate.", func(l lesson) lessonFact {
		return fact(l[5].first().Config.LearningRate == 10*protocolSetting.LearningRate && l[5].first().Config.Activation == "relu")
	}},
	{5, "Four of the eight arrows shrink to stumps in the first quarter and never move again; the other four tremble to the end.", func(l lesson) lessonFact {
		dead, last := l[5].dead(), len(l[5].path)-1
		stumps := every(dead, func(k int) bool { return 3*lengthOf(l[5].end()[k]) < lengthOf(l[5].start()[k]) })
		for k := range l[5].end() {
			if moved := l[5].lastMove(k); slices.Contains(dead, k) != (4*moved <= last) || !slices.Contains(dead, k) && moved < last {
				return fact(false)
			}
		}
		return fact(stumps && len(dead) == 4 && len(l[5].end()) == 8)
	}},
	{5, "The four are dead: two of their lines are at the lower left, beyond all points, and two outside the picture.", func(l lesson) lessonFact {
		view := newWindow(plane{Points: planePoints("clusters"), Units: l[5].end(), Path: l[5].path}, frame{0, 0, 300, 300})
		lowerLeft, outside := 0, 0
		for _, k := range l[5].dead() {
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
		return fact(lowerLeft == 2 && outside == 2)
	}},
	{5, "they stand still from epoch %d on.", func(l lesson) lessonFact {
		still := 0
		for _, k := range l[5].dead() {
			still = max(still, l[5].lastMove(k))
		}
		return fact(0 < still && still < len(l[5].path)-1, still)
	}},
	{5, "A dead unit's row of Corr(a) is 0, the diagonal too, where I has 1: it counts as 1. Its −log Var is −log 10⁻⁶ = %.1f.", func(l lesson) lessonFact {
		entropy, tc := newInfoMax(1, 128, 128, 1).loss(newMat(128, 1))
		return fact(tc == 1, entropy)
	}},
	{5, "The output correlation fell from %.1f to %.2f.", func(l lesson) lessonFact {
		r := l[5].first()
		return fact(r.Final.OutputCorrelation < r.Init.OutputCorrelation, r.Init.OutputCorrelation, r.Final.OutputCorrelation)
	}},
	{5, "Is %.2f good?", func(l lesson) lessonFact { return fact(true, l[5].first().Final.OutputCorrelation) }},
	{5, "All points are on the side where ReLU is 0, and its slope is 0 there too.", func(l lesson) lessonFact {
		return fact(every(l[5].dead(), func(k int) bool { return shareBeyond(l[5].end()[k], planePoints("clusters")) == 0 }))
	}},
	{5, "So %d of the %.2f are the dead, and the living are nearly uncorrelated: " +
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
	{7, "`lesson/7/tables.md` has the numbers, under *effective rank: interquartile mean*.", func(l lesson) lessonFact {
		return fact(strings.Contains(l[7].tables, "effective rank: interquartile mean")) // three of them are looked for below
	}},
	{7, "Ignore *No verdict: too few seeds*: its tests could show nothing with fewer than %s.", func(l lesson) lessonFact {
		said := lessonTooFew.FindStringSubmatch(l[7].printed)
		return fact(len(said) == 2, strings.Join(said[min(1, len(said)):], ""))
	}},
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
	{7, "The highest effective rank is the smaller of units and inputs: arrows then are perpendicular and equally long, or evenly spread.", func(l lesson) lessonFact {
		fans := every([]int{2, 3, 4, 16, 32}, func(K int) bool { return math.Abs(effectiveRank(fan(K))-2) < 1e-9 })
		perpendicular := effectiveRank(slices.Repeat([]float64{1.3}, 16)) // equal rows at right angles have equal singular values
		return fact(fans && math.Abs(perpendicular-16) < 1e-9 && every(l[7].runs, func(r *Result) bool { return best(metrics[0], r) == "2" }))
	}},
	{7, "What is the cosine of two random vectors in %d dimensions?", func(l lesson) lessonFact { return fact(true, mnistInputs()) }},
	{7, "on MNIST, with %d inputs and 16 or 32 units?", func(l lesson) lessonFact {
		return fact(slices.Contains(protocolKs, 16) && slices.Contains(protocolKs, 32), mnistInputs())
	}},
	{7, "The cosine is about 1/%.0f: a few arrows in %d dimensions are nearly perpendicular", func(l lesson) lessonFact {
		return fact(true, math.Sqrt(float64(mnistInputs())), mnistInputs())
	}},
	{7, "Random weights on MNIST have %s to %s %% of the highest effective rank there can be, so training can gain about %.0f %% at most,", func(l lesson) lessonFact {
		lowest, highest := lessonRandom(l[0].readme)
		return fact(true, lowest, highest, 100-numberIn(lowest))
	}},
	{7, "and there InfoMax is below them ([README.md](README.md)).", func(l lesson) lessonFact {
		return fact(lessonLower.MatchString(l[0].readme))
	}},
	{7, "With 2 units here, a linear probe tells the clusters apart better from random features than from trained ones, in all five networks " +
		"(*accuracy of the linear probe with all labels*).", func(l lesson) lessonFact {
		trained, random := l[7].of("infomax", 2), l[7].of("random", 2)
		better := 0
		for i, r := range random {
			if r.Config.Seed == trained[i].Config.Seed && r.Final.ProbeAccuracy > trained[i].Final.ProbeAccuracy {
				better++
			}
		}
		return fact(better == 5 && strings.Contains(l[7].tables, "accuracy of the linear probe with all labels"))
	}},
	{7, "Trained units are nearly steps, and two steps tell four groups apart; random ones are soft, and keep where a point is. Halve the trained w and b, " +
		"and the probe rises from at most %.0f %% to at least %.0f %%.", func(l lesson) lessonFact {
		var as, halved []float64
		points := planePoints("clusters")
		holds := true
		for i, units := range l[7].ends("infomax", 2) {
			random := l[7].ends("random", 2)[i]
			as, halved = append(as, clustersTold(units, 1)), append(halved, clustersTold(units, 0.5))
			holds = holds && len(patterns(units, clusterCentres[:])) == 4 && math.Abs(as[i]-100*float64(l[7].of("infomax", 2)[i].Final.ProbeAccuracy)) < 0.1 &&
				nearlySteps(tanhOutputs(units, 1, points)) > 0.8 && nearlySteps(tanhOutputs(random, 1, points)) < 0.2
		}
		return fact(holds && len(as) == 5 && slices.Min(halved) > slices.Max(as), math.Ceil(slices.Max(as)), math.Floor(slices.Min(halved)))
	}},
}
