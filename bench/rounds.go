package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

const (
	rounds = 5
	length = 2 * time.Second // of one side's turn in a round
	warmUp = time.Second
)

// A side is a program in a comparison: it works for about as long as it is told, and says how much it
// did per second.
type side struct {
	name string
	work func(ctx context.Context, length time.Duration) (perSecond float64, err error)
}

// A ratio is how fast ours is beside something else, in every round.
type ratio struct {
	name   string
	wanted float64
	rounds []float64
}

// takeTurns warms the sides up, then has them work in turns. It says what each did in every round.
func takeTurns(ctx context.Context, aside io.Writer, sides ...side) ([][]float64, error) {
	figures := make([][]float64, len(sides))
	for round := range rounds + 1 {
		for i, s := range sides {
			turn := length
			if round == 0 {
				turn = warmUp
			}
			runtime.GC() // nobody clears up what another has left
			perSecond, err := s.work(ctx, turn)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			if round > 0 {
				figures[i] = append(figures[i], perSecond)
				fmt.Fprintf(aside, "%d %-24s %8.0f/s\n", round, s.name, perSecond)
			}
		}
	}
	return figures, nil
}

// beside compares what ours did with what another side did in the same rounds.
func beside(name string, wanted float64, ours, other []float64) ratio {
	r := ratio{name: name, wanted: wanted}
	for i := range ours {
		r.rounds = append(r.rounds, ours[i]/other[i])
	}
	slices.Sort(r.rounds)
	return r
}

func (r ratio) median() float64 { return r.rounds[len(r.rounds)/2] }

// report shows the ratios, and fails where one is below what is wanted.
func report(w io.Writer, ratios []ratio) error {
	var failed error
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ours beside\tratio\tspread\twanted")
	for _, r := range ratios {
		verdict := ""
		if r.median() < r.wanted {
			verdict, failed = "  "+errBelow.Error(), errBelow
		}
		fmt.Fprintf(table, "%s\t%.2f\t%.2f–%.2f\t≥ %.2f%s\n", r.name, r.median(), r.rounds[0], r.rounds[len(r.rounds)-1], r.wanted, verdict)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return failed
}
