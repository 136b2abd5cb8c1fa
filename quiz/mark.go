package quiz

import "math"

// Score is the mean of the marks in percent, 0 where there are none. It is rounded to the ninth
// decimal, so that three thirds are a whole and a pass mark that is reached is reached.
func Score(marks []Mark) float64 {
	if len(marks) == 0 {
		return 0
	}
	sum := 0.0
	for _, m := range marks {
		sum += m.Points
	}
	return math.Round(sum*100/float64(len(marks))*1e9) / 1e9
}

// blank is the mark of an answer not given.
func blank() Mark { return Mark{Verdict: Blank} }

// allOrNothing is 1 for right, else 0.
func allOrNothing(right bool) Mark {
	if right {
		return marked(1)
	}
	return marked(0)
}

// marked is a mark of points, held between 0 and 1, with the verdict that goes with them.
func marked(points float64) Mark {
	switch {
	case points >= 1:
		return Mark{Points: 1, Verdict: Right}
	case points > 0:
		return Mark{Points: points, Verdict: Partly}
	default: // below 0, and not a number
		return Mark{Points: 0, Verdict: Wrong}
	}
}
