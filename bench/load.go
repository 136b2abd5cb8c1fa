package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A request writes a connection's next request behind what is in buffer.
type request func(connection int, buffer []byte) []byte

// load keeps every learner's connection busy until the time is up, and says how many answers came per
// second. It writes requests as they are, so that little of the machine goes into asking. An answer
// that is neither 200 nor 303 ends the run.
func load(ctx context.Context, address string, length time.Duration, next request) (perSecond float64, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var answers atomic.Int64
	var all sync.WaitGroup
	begun := time.Now()
	until := begun.Add(length)
	for i := range learners {
		all.Go(func() {
			n, err := keepAsking(ctx, address, until, func(buffer []byte) []byte { return next(i, buffer) })
			answers.Add(n)
			if err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	return float64(answers.Load()) / time.Since(begun).Seconds(), context.Cause(ctx)
}

func keepAsking(ctx context.Context, address string, until time.Time, next func([]byte) []byte) (answers int64, err error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(until.Add(10 * time.Second)); err != nil {
		return 0, err
	}
	reader := bufio.NewReaderSize(conn, 32<<10)
	var buffer []byte
	for ; ctx.Err() == nil && time.Now().Before(until); answers++ {
		buffer = next(buffer[:0])
		if _, err := conn.Write(buffer); err != nil {
			return answers, err
		}
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			return answers, fmt.Errorf("reading an answer: %w", err)
		}
		if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusSeeOther {
			return answers, fmt.Errorf("an answer of status %s", response.Status)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return answers, fmt.Errorf("reading an answer: %w", err)
		}
	}
	return answers, nil
}
