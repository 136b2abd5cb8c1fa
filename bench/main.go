// Command bench holds the product to its promise of speed: it measures, in one run and on one
// database, how fast our pages are beside bare programs that do the same work, and prints ratios.
//
// Ours and the bare take turns, five rounds each, so that whatever else the machine does falls on both;
// a ratio is the median of the rounds. Times say something about a machine, ratios about the product.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
	"time"
)

func main() {
	verbose := flag.Bool("v", false, "say what each round came to")
	profile := flag.String("profile", "", "write a CPU `file`; pprof -tagfocus=ours shows the product's part, -tagfocus=bare the bare programs'")
	flag.Parse()
	debug.SetGCPercent(400) // as serve sets it, for both sides
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	if err := run(ctx, *verbose, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

var errBelow = errors.New("below what is wanted")

func run(ctx context.Context, verbose bool, profile string) (err error) {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	aside := io.Discard
	if verbose {
		aside = os.Stderr
	}
	b, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if profile != "" {
		file, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}

	var ratios []ratio
	for _, compare := range []func(context.Context, io.Writer) ([]ratio, error){b.lesson, b.answer, b.certificate} {
		measured, err := compare(ctx, aside)
		if err != nil {
			return err
		}
		ratios = append(ratios, measured...)
	}
	return report(os.Stdout, ratios)
}
