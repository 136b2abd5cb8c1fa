// Package e2e is people in real browsers: they register, learn, answer and take their proof home, by
// mouse and by keyboard, with and without scripts, on a phone and at a desk.
package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// This file alone knows chromedp.

const (
	// patience is how long anything a person waits for may take; machines that test are slow.
	patience = 20 * time.Second
	phone    = 390
	desk     = 1280
)

// Keys that people use.
const (
	tab   = kb.Tab
	enter = kb.Enter
	space = " "
	down  = kb.ArrowDown
)

// A browser is a Chromium of its own with one tab, and whoever sits before it.
type browser struct {
	t         *testing.T
	h         *house
	tab       context.Context
	width     int64
	lang      string // the pages should be in
	scriptOff bool

	mu       sync.Mutex
	troubles []string // what went wrong behind the pages
	allowed  []string // troubles that are meant
	received int64    // bytes, as they came
	pending  map[network.RequestID]bool
}

// chromium finds the browser. Without one there is nothing to test with: that is a failure.
func chromium(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("CHROMIUM"); named != "" {
		return named
	}
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no browser to test with: install chromium, or name one in CHROMIUM")
	return ""
}

// browser opens a browser that has never been here, width pixels wide, reading French.
func (h *house) browser(t *testing.T, width int64) *browser {
	t.Helper()
	b := &browser{t: t, h: h, width: width, lang: "fr", pending: map[network.RequestID]bool{}}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(t.TempDir()), chromedp.DisableGPU,
		chromedp.NoSandbox, // the pages are our own, and most containers have no room for it
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("accept-lang", "fr-BE,fr"),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	quiet := chromedp.WithErrorf(func(string, ...any) {}) // events that are newer than the library
	var leave context.CancelFunc
	b.tab, leave = chromedp.NewContext(allocator, quiet)
	t.Cleanup(func() {
		if t.Failed() {
			b.photograph("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
		}
		b.complain()
		ctx, enough := context.WithTimeout(b.tab, patience)
		defer enough()
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("closing the browser: %v", err)
		}
		leave()
	})
	if err := chromedp.Listen(b.tab, b.hear); err != nil {
		t.Fatalf("starting %s: %v", chromium(t), err)
	}
	b.resize(width)
	do(b, "bringing axe-core along", call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: axe(t)}))
	return b
}

// hear notes what goes on behind the page. It runs between the browser's messages and may ask nothing.
func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.pending[e.RequestID] = true
		if strings.HasPrefix(e.Request.URL, "data:") { // an icon that the browser itself draws in a date field
			break
		}
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme+"://"+u.Host != b.h.url {
			b.troubles = append(b.troubles, "asked elsewhere for "+e.Request.URL)
		}
	case *network.EventLoadingFinished:
		delete(b.pending, e.RequestID)
		b.received += int64(e.EncodedDataLength)
	case *network.EventLoadingFailed:
		delete(b.pending, e.RequestID)
		if !e.Canceled {
			b.troubles = append(b.troubles, "could not load: "+e.ErrorText)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.troubles = append(b.troubles, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, strings.TrimPrefix(e.Entry.URL, b.h.url)))
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			b.troubles = append(b.troubles, fmt.Sprintf("console.%s: %v", e.Type, e.Args))
		}
	case *runtime.EventExceptionThrown:
		b.troubles = append(b.troubles, "exception: "+(&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *page.EventJavascriptDialogOpening:
		b.troubles = append(b.troubles, "a dialog opened: "+e.Message)
		go chromedp.Call(b.tab, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
	}
}

// allow takes a page's refusal for what it should be. The browser's console complains of each.
func (b *browser) allow(status int, path string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.allowed = append(b.allowed, fmt.Sprintf("network: Failed to load resource: the server responded with a status of %d (%s) %s", status, http.StatusText(status), path))
}

// complain fails the test for each trouble since it was last asked.
func (b *browser) complain() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, trouble := range b.troubles {
		if !slices.ContainsFunc(b.allowed, func(meant string) bool { return strings.HasPrefix(trouble, meant) }) {
			b.t.Errorf("behind the page: %s", trouble)
		}
	}
	b.troubles = nil
}

// do runs an action, or fails.
func do[T any](b *browser, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, enough := context.WithTimeout(b.tab, patience)
	defer enough()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	return value
}

// call is a command of the protocol that returns nothing of interest.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// eval is what a JavaScript expression or promise comes to. The page's content policy does not bind it.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	return do(b, "evaluating "+clip(expression), chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

func clip(s string) string { return s[:min(len(s), 120)] }

// until waits for something a script does.
func (b *browser) until(condition string) {
	b.t.Helper()
	b.waitFor(condition, func() bool { return eval[bool](b, condition) })
}

// waitFor asks again and again until something has happened.
func (b *browser) waitFor(what string, happened func() bool) {
	b.t.Helper()
	for end := time.Now().Add(patience); !happened(); {
		if time.Now().After(end) {
			b.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// leads does something that leads to another page, and waits for that.
func (b *browser) leads(what string, action chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	do(b, what, chromedp.WaitEvent(page.LoadEventFired, nil, action))
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.leads("opening "+path, call(page.Navigate, page.NavigateParams{URL: b.h.url + path}))
}

func (b *browser) reload() {
	b.t.Helper()
	b.leads("reloading", call(page.Reload, page.ReloadParams{}))
}

// back is the browser's own button. What it leads to may be fetched again or have been kept as it was.
func (b *browser) back() {
	b.t.Helper()
	entries := do(b, "reading the history", chromedp.NavigationEntries())
	before := entries.Entries[entries.CurrentIndex-1]
	whole := func(e page.EventFrameNavigated) bool { return e.Frame.ParentID == "" }
	do(b, "going back", chromedp.WaitEvent(page.FrameNavigated, whole, call(page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: before.ID})))
	b.until(`document.readyState === "complete"`)
}

func (b *browser) click(css string) {
	b.t.Helper()
	do(b, "clicking "+css, chromedp.Click(chromedp.CSS(css)))
}

func (b *browser) follow(css string) {
	b.t.Helper()
	b.leads("following "+css, chromedp.Click(chromedp.CSS(css)))
}

// write puts a text into a field, as from a clipboard.
func (b *browser) write(css, text string) {
	b.t.Helper()
	do(b, "writing into "+css, chromedp.Steps(
		chromedp.Focus(chromedp.CSS(css)),
		chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"),
		call(input.InsertText, input.InsertTextParams{Text: text}),
	))
}

func (b *browser) choose(css, value string) {
	b.t.Helper()
	do(b, "choosing "+value, chromedp.SetValue(chromedp.CSS(css), value))
}

// press types keys where the focus is.
func (b *browser) press(keys string) {
	b.t.Helper()
	do(b, "pressing keys", chromedp.KeyEvent(keys))
}

// pressAndGo presses a key that leads to another page.
func (b *browser) pressAndGo(keys string) {
	b.t.Helper()
	b.leads("pressing keys", chromedp.KeyEvent(keys))
}

func (b *browser) resize(width int64) {
	b.t.Helper()
	do(b, "resizing", chromedp.EmulateViewport(width, 844))
}

// scheme asks for light or dark pages.
func (b *browser) scheme(name string) {
	b.t.Helper()
	do(b, "choosing colours", call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	}))
}

// withoutScripts turns scripts off for every page from now on.
func (b *browser) withoutScripts() {
	b.t.Helper()
	b.scriptOff = true
	do(b, "turning scripts off", call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
}

// weigh is how many bytes come over the line for a page and all it shows, the first time.
func (b *browser) weigh(path string) int64 {
	b.t.Helper()
	do(b, "forgetting", call(network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}))
	b.mu.Lock()
	b.received = 0
	b.mu.Unlock()
	b.open(path)
	b.until(`[...document.images].every(i => { i.loading = "eager"; return i.complete && i.naturalWidth > 0 })`)
	var bytes int64
	b.waitFor("the last byte", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		bytes = b.received
		return len(b.pending) == 0
	})
	return bytes
}

// client asks for files with the browser's session.
func (b *browser) client() *http.Client {
	b.t.Helper()
	cookies := do(b, "reading cookies", func(ctx context.Context, t *chromedp.Target) (network.GetCookiesResult, error) {
		return cdp.Call(ctx, t, network.GetCookies, network.GetCookiesParams{URLs: []string{b.h.url}})
	})
	c := b.h.client()
	for _, cookie := range cookies.Cookies {
		c.Jar.SetCookies(b.h.at("/"), []*http.Cookie{{Name: cookie.Name, Value: cookie.Value}})
	}
	return c
}

// photograph keeps the page as a picture, where somebody wants to look at it.
func (b *browser) photograph(name string) {
	b.t.Helper()
	album := os.Getenv("PASSERELLE_SCREENSHOTS")
	if album == "" {
		return
	}
	must(b.t, os.MkdirAll(album, 0o755))
	must(b.t, os.WriteFile(filepath.Join(album, name+".png"), do(b, "photographing", chromedp.FullScreenshot(100)), 0o644))
}
