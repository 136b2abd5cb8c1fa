package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
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
		if err := readAnswer(reader); err != nil {
			return answers, fmt.Errorf("reading an answer: %w", err)
		}
	}
	return answers, nil
}

// readAnswer reads one answer and throws it away. It knows of HTTP only what Go's server says.
func readAnswer(r *bufio.Reader) error {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) && !bytes.HasPrefix(line, []byte("HTTP/1.1 303 ")) {
		return fmt.Errorf("an answer that says %q", line)
	}
	length, chunked := 0, false
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return err
		}
		if len(line) <= len("\r\n") {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
		chunked = chunked || bytes.HasPrefix(line, []byte("Transfer-Encoding: chunked"))
	}
	for size := int64(1); chunked && size > 0; {
		if line, err = r.ReadSlice('\n'); err != nil {
			return err
		}
		if size, err = strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64); err != nil {
			return err
		}
		if _, err := r.Discard(int(size) + len("\r\n")); err != nil {
			return err
		}
	}
	_, err = r.Discard(length)
	return err
}
