package courses

import (
	"context"
	"fmt"
	"sync"

	"passerelle/fault"
	"passerelle/models"
)

// Publish freezes a document as the next version of its course, with its media. Where it equals the
// newest version nothing happens: published is false and number is that version's. by is nil where
// the command line publishes.
func Publish(ctx context.Context, db *models.DB, d *Document, by *int64) (number int, published bool, err error) {
	encoded, err := d.Encode()
	if err != nil {
		return 0, false, fmt.Errorf("encoding the document: %w", err)
	}
	sum := Sum(encoded)
	err = db.Tx(ctx, func(tx *models.DB) error {
		number, published = 0, false
		course, newest, newestSum, err := tx.LockCourse(ctx, d.Slug)
		if err != nil {
			return err
		}
		if newestSum == sum {
			number = newest
			return nil
		}
		for _, m := range d.Media {
			if err := tx.InsertMedia(ctx, m.SHA256, m.Type, m.Bytes); err != nil {
				return err
			}
		}
		number, published = newest+1, true
		if err := tx.InsertVersion(ctx, course, number, sum, string(encoded), by); err != nil {
			return err
		}
		var actor int64
		if by != nil {
			actor = *by
		}
		return tx.Audit(ctx, actor, "version_published", models.Subject("course", course), map[string]any{"number": number, "sha256": sum})
	})
	return number, published, err
}

// Load reads a published document with its media; number 0 means the newest.
func Load(ctx context.Context, db *models.DB, slug string, number int) (*Document, error) {
	version, err := db.VersionBySlug(ctx, slug, number)
	if err != nil {
		return nil, err
	}
	encoded, err := db.Document(ctx, version.CourseID, version.Number)
	if err != nil {
		return nil, err
	}
	d, err := Decode([]byte(encoded))
	if err != nil {
		return nil, fmt.Errorf("decoding %s version %d: %w", slug, version.Number, err)
	}
	for i := range d.Media {
		if _, d.Media[i].Bytes, err = db.Media(ctx, d.Media[i].SHA256); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// A Library keeps published versions parsed and rendered, each once per process: they never change.
// It is safe for concurrent use.
type Library struct {
	words func(lang, key string) string

	mu   sync.RWMutex
	kept map[edition]*Published
}

type edition struct {
	course int64
	number int
}

// NewLibrary returns an empty library. words says a callout's name in a language.
func NewLibrary(words func(lang, key string) string) *Library {
	return &Library{words: words, kept: map[edition]*Published{}}
}

// Version is the version of a course, read through db where it is not kept yet.
func (l *Library) Version(ctx context.Context, db *models.DB, course int64, number int) (*Published, error) {
	if number == 0 {
		return nil, fault.Missing()
	}
	key := edition{course, number}
	l.mu.RLock()
	p := l.kept[key]
	l.mu.RUnlock()
	if p != nil {
		return p, nil
	}
	encoded, err := db.Document(ctx, course, number)
	if err != nil {
		return nil, err
	}
	d, err := Decode([]byte(encoded))
	if err != nil {
		return nil, fmt.Errorf("decoding version %d of course %d: %w", number, course, err)
	}
	p, err = Prepare(d, l.words)
	if err != nil {
		return nil, fmt.Errorf("preparing version %d of course %d: %w", number, course, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if kept := l.kept[key]; kept != nil {
		return kept, nil
	}
	l.kept[key] = p
	return p, nil
}
