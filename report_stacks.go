package main

// The comparisons of stacks. One of InfoMax on InfoMax is compared with those that have random weights for one of its
// layers. It composes where it is better than both by both measures: it then needs both of its layers trained. Beside that
// it is compared with a single layer and with a stack of autoencoders.

// protocolStack is the follow-up's.
var protocolStack = sizes{Lower: 64, Upper: 32}

var depthMeasures = []measure{measureOf("output_correlation"), measureOf("probe_accuracy")}

// stackOf is a condition of the study: an objective on another, both at the treatment's λ.
func (s *study) stackOf(below, above string) condition {
	c := condition{objective: above, below: layer{below, s.Stack.Lower}}
	if c.hasLambda() {
		c.lambda = treatment.lambda
	}
	return c
}

// composed is the stack in question.
func (s *study) composed() condition { return s.stackOf("infomax", "infomax") }

// rivals are the conditions that the composed stack is compared with; the first two decide whether it composes.
func (s *study) rivals() []condition {
	return []condition{s.stackOf("random", "infomax"), s.stackOf("infomax", "random"), treatment, s.stackOf("reconstruction", "reconstruction")}
}

// analyseStacks compares the composed stack with its rivals: a family for each rival and measure, a test for each activation.
func analyseStacks(s *study) *analysis {
	a := &analysis{study: s}
	if s.Stack.Upper == 1 {
		return a
	}
	for _, rival := range s.rivals() {
		for _, m := range depthMeasures {
			f := family{kind: againstStack, measure: m, K: s.Stack.Upper}
			for _, y := range s.grid(rival, f.K) {
				f.comparisons = append(f.comparisons, comparison{measure: m, x: y.under(s.composed()), y: y})
			}
			f.compare(s)
			a.families = append(a.families, f)
		}
	}
	a.answers = a.judgeOf(s.composed(), againstStack, depthMeasures, s.rivals()[:2]...)
	return a
}
