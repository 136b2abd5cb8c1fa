package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// lesson compares the lesson page, read by everybody at once.
func (b *bench) lesson(ctx context.Context, aside io.Writer) ([]ratio, error) {
	ours, err := b.fetch(ctx, b.ours)
	if err != nil {
		return nil, err
	}
	bare, err := b.fetch(ctx, b.bare)
	if err != nil {
		return nil, err
	}
	name := b.people[0].person.Name
	if !bytes.Contains(ours, []byte(name)) || !bytes.Contains(bare, []byte(name)) {
		return nil, fmt.Errorf("the lesson pages are not %s's", name)
	}
	fmt.Printf("lesson page: ours %d bytes, bare %d bytes\n", len(ours), len(bare))
	var requests [learners][]byte
	for i := range requests {
		requests[i] = fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session=%s\r\n\r\n", b.lessonPath(), b.people[i].token)
	}
	read := func(address string) func(context.Context, time.Duration) (float64, error) {
		return func(ctx context.Context, length time.Duration) (float64, error) {
			return load(ctx, address, length, func(i int, buffer []byte) []byte { return append(buffer, requests[i]...) })
		}
	}
	figures, err := takeTurns(ctx, aside, side{"lesson, ours", read(b.ours)}, side{"lesson, bare", read(b.bare)})
	if err != nil {
		return nil, err
	}
	return []ratio{beside("lesson page, bare handler", 0.7, figures[0], figures[1])}, nil
}

// given is what every answer gives: as long as the key of an option.
const given = "injection"

// answer compares the saving of an answer, each learner's own, again and again.
func (b *bench) answer(ctx context.Context, aside io.Writer) ([]ratio, error) {
	question := b.quiz.Quiz.Questions[0].Key
	save := func(address string) func(context.Context, time.Duration) (float64, error) {
		return func(ctx context.Context, length time.Duration) (float64, error) {
			return load(ctx, address, length, func(i int, buffer []byte) []byte {
				l := &b.people[i]
				l.sequence++
				body := fmt.Sprintf("%s=%s&sequence=%d", question, given, l.sequence)
				return fmt.Appendf(buffer, "POST /attempts/%d/answers/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session=%s\r\n"+
					"Accept: application/json\r\nSec-Fetch-Site: same-origin\r\n"+
					"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
					l.attempt, question, l.token, len(body), body)
			})
		}
	}
	// Another question: of pgbench's sequence numbers only pgbench knows.
	prepared, err := b.newPgbench(b.quiz.Quiz.Questions[1].Key)
	if err != nil {
		return nil, err
	}
	figures, err := takeTurns(ctx, aside,
		side{"answer, ours", save(b.ours)}, side{"answer, bare", save(b.bare)}, side{"answer, pgbench", prepared.work})
	if err != nil {
		return nil, err
	}
	return []ratio{
		beside("answer save, bare handler", 0.8, figures[0], figures[1]),
		beside("answer save, pgbench", 0.45, figures[0], figures[2]),
	}, nil
}

func (b *bench) lessonPath() string {
	return "/courses/" + shipped + "/" + b.course.ModuleOf(b.step.Key).Key + "/" + b.step.Key
}

// fetch is the lesson page as the first learner sees it.
func (b *bench) fetch(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+b.lessonPath(), nil)
	if err != nil {
		return nil, err
	}
	request.AddCookie(&http.Cookie{Name: "session", Value: b.people[0].token})
	request.Header.Set("Accept-Encoding", "identity")
	response, err := http.DefaultTransport.RoundTrip(request) // which follows no redirect
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the lesson page answers %s", response.Status)
	}
	return page, err
}
