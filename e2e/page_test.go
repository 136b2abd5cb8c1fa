package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// facts is what there is to know about a page that holds for every page.
type facts struct {
	Path     string
	Lang     string
	Title    string
	Headings int      // of the first level
	Small    []string // targets that a finger would miss
	Broken   []string // pictures that are not there
	Keys     []string // messages that nobody has put into words
}

// readFacts measures every target. One in running text is as high as its line (WCAG 2.5.8); all others
// are at least 24 px, and what stands by itself (buttons, fields, choices, folds) at least 44 px.
const readFacts = `(() => {
	const small = [];
	for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
		if (!e.checkVisibility({visibilityProperty: true}) || e.closest('.unseen')) continue;
		const target = /^(radio|checkbox)$/.test(e.type) ? e.closest('label') : e;
		const {width, height} = target.getBoundingClientRect();
		let block = e;
		while (getComputedStyle(block).display === 'inline') block = block.parentNode;
		const inText = block !== e && block.textContent.trim() !== e.textContent.trim();
		const least = e.matches('a:not(.button)') ? 24 : 44;
		if (!inText && (height < least - 0.5 || width < 23.5))
			small.push(e.outerHTML.slice(0, 120) + ' is ' + Math.round(width) + ' × ' + Math.round(height) + ', not ' + least);
	}
	const words = [...document.querySelectorAll('[aria-label], [alt], [title]')].flatMap(e => [e.ariaLabel, e.alt, e.title]);
	for (const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); texts.nextNode();) words.push(texts.currentNode.data);
	return {
		keys: words.filter((w, i) => words.indexOf(w) === i && /(^|\s)[a-z_]+\.[a-z_]+(\.[a-z_]+)*(\s|$)/.test(w?.trim()) && !/\.(be|org|eu|fr|nl)\b/.test(w)),
		path: location.pathname, lang: document.documentElement.lang, title: document.title,
		headings: document.querySelectorAll('h1').length, small,
		broken: [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src),
	};
})()`

// findOverflow is how wide the page is, and what sticks out of it.
const findOverflow = `(() => {
	const room = document.documentElement.clientWidth, wide = document.documentElement.scrollWidth;
	if (wide <= room) return '';
	const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > room + 1 && !e.closest('.table-scroll > *'));
	return wide + ' px: ' + out.slice(0, 5).map(e => e.outerHTML.slice(0, 100)).join(' | ');
})()`

// runAxe asks axe-core for everything that WCAG 2.2 AA and good practice forbid. Dark pages differ from
// light ones in nothing but colours, so there it looks at those.
func runAxe(scheme string) string {
	only := `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`
	if scheme == "dark" {
		only = `{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`
	}
	return `axe.run(document, {runOnly: ` + only + `, resultTypes: ['violations'], preload: false}).then(r =>
		r.violations.flatMap(v => v.nodes.map(n =>
			v.id + ' at ' + n.target.join(' ') + ': ' + n.failureSummary.replace(/\s+/g, ' ') + ' ' + n.html.slice(0, 120))))`
}

// look is what everybody may expect of every page, whatever it is for. name names its pictures.
func (b *browser) look(name string) {
	b.t.Helper()
	b.complain()
	if b.scriptOff {
		name += "-sans-script"
	}
	f := eval[facts](b, readFacts)
	wrong := func(format string, args ...any) {
		b.t.Helper()
		b.t.Errorf("%s (%s, %d px): %s", name, f.Path, b.width, fmt.Sprintf(format, args...))
	}
	if f.Lang != b.lang {
		wrong("in %q, want %q", f.Lang, b.lang)
	}
	if !strings.Contains(f.Title, "Passerelle") {
		wrong("the title is %q", f.Title)
	}
	if f.Headings != 1 {
		wrong("%d first headings", f.Headings)
	}
	for _, target := range f.Small {
		wrong("%s", target)
	}
	if len(f.Keys) > 0 {
		wrong("says %q", f.Keys)
	}
	for _, picture := range f.Broken {
		wrong("no picture at %s", picture)
	}
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		b.photograph(fmt.Sprintf("%s-%d-%s", name, b.width, scheme))
		if b.scriptOff {
			continue // axe-core is a script
		}
		for _, violation := range eval[[]string](b, runAxe(scheme)) {
			wrong("%s: %s", scheme, violation)
		}
	}
	b.scheme("light")
	b.resize(320)
	if out := eval[string](b, findOverflow); out != "" {
		wrong("scrolls sideways at 320 px: %s", out)
	}
	b.resize(b.width)
	b.complain()
}

// axe is axe-core, which make test installs.
func axe(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("axe-core is not installed (make test does): %v", err)
	}
	return string(source)
}
