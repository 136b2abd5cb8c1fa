package courses

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed all:content
var content embed.FS

// Shipped holds the courses that come with the product, a folder each, named by slug.
func Shipped() fs.FS {
	shipped, err := fs.Sub(content, "content")
	if err != nil {
		panic("courses: " + err.Error()) // the name is a constant of ours
	}
	return shipped
}

// ShippedFolders are the folders of the courses that come with the product.
func ShippedFolders() ([]fs.FS, error) {
	entries, err := fs.ReadDir(Shipped(), ".")
	if err != nil {
		return nil, fmt.Errorf("listing the shipped courses: %w", err)
	}
	var folders []fs.FS
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		folder, err := fs.Sub(Shipped(), entry.Name())
		if err != nil {
			return nil, fmt.Errorf("opening the shipped course %s: %w", entry.Name(), err)
		}
		folders = append(folders, folder)
	}
	return folders, nil
}
