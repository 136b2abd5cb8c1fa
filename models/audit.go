package models

import (
	"context"
	"encoding/json"
	"strconv"
)

// Audit adds a line to the audit: what was done, to what ("person:12"), with details that are no
// secrets and no answers. actor is 0 where the command line or a task did it.
func (db *DB) Audit(ctx context.Context, actor int64, action, subject string, detail map[string]any) error {
	if detail == nil {
		detail = map[string]any{}
	}
	data, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	_, err = db.exec(ctx, `
		insert into audit (at, actor, action, subject, detail)
		values ($1, nullif($2, 0), $3, $4, $5)`, db.Now(), actor, action, subject, string(data))
	return err
}

// Subject names a row for the audit.
func Subject(kind string, id int64) string { return kind + ":" + strconv.FormatInt(id, 10) }
