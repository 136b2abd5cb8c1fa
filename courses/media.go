package courses

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// What a media file may hold.
const (
	maxMedia    = 2 << 20    // bytes of one
	maxAllMedia = 40 << 20   // bytes of all
	maxPixels   = 10_000_000 // of a raster image
	maxElements = 20_000     // of an SVG
	maxDepth    = 100        // of an SVG
)

// mediaTypes are the types of figures, by the ends of their file names.
var mediaTypes = map[string]string{
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
}

// mediaFile is the form of a figure's file name: it stands in addresses and on every file system.
var mediaFile = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// A flaw is what is wrong with a file, and on which line.
type flaw struct {
	line    int
	message string
}

func (f *flaw) Error() string { return f.message }

func flawed(line int, format string, args ...any) *flaw {
	return &flaw{line, fmt.Sprintf(format, args...)}
}

// inspect says of which type a figure is, by what is in it, and how large it is laid out.
func inspect(file string, b []byte) (kind string, width, height int, f *flaw) {
	if len(b) > maxMedia {
		return "", 0, 0, flawed(1, "the file has %d bytes; at most %d are allowed", len(b), maxMedia)
	}
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		kind = "image/png"
		width, height, f = raster(b, png.DecodeConfig, png.Decode)
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		kind = "image/jpeg"
		width, height, f = raster(b, jpeg.DecodeConfig, jpeg.Decode)
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		kind = "image/webp"
		width, height, f = webp(b)
	default:
		kind = "image/svg+xml"
		width, height, f = svg(b)
	}
	if f != nil {
		return "", 0, 0, f
	}
	if want := mediaTypes[strings.ToLower(path.Ext(file))]; want != kind {
		return "", 0, 0, flawed(1, "the file is named as %s and holds %s", want, kind)
	}
	return kind, width, height, nil
}

func tooLarge(width, height int) *flaw {
	if width < 1 || height < 1 {
		return flawed(1, "the image has no size")
	}
	if width > maxPixels/height {
		return flawed(1, "the image has %d × %d pixels; at most %d are allowed", width, height, maxPixels)
	}
	return nil
}

// raster reads a PNG or JPEG: its size first, and only if that is bearable the whole, to see that it
// is not damaged.
func raster(b []byte, config func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error)) (width, height int, f *flaw) {
	c, err := config(bytes.NewReader(b))
	if err != nil {
		return 0, 0, flawed(1, "the image is damaged: %v", err)
	}
	if f := tooLarge(c.Width, c.Height); f != nil {
		return 0, 0, f
	}
	if _, err := decode(bytes.NewReader(b)); err != nil {
		return 0, 0, flawed(1, "the image is damaged: %v", err)
	}
	return c.Width, c.Height, nil
}

// webp reads the size of a WebP from the first of its chunks.
func webp(b []byte) (width, height int, f *flaw) {
	damaged := flawed(1, "the image is damaged: not a whole WebP")
	if len(b) < 30 || int(binary.LittleEndian.Uint32(b[4:]))+8 > len(b) {
		return 0, 0, damaged
	}
	at := func(i int) int { return int(b[i]) }
	switch chunk := string(b[12:16]); {
	case chunk == "VP8X":
		width = 1 + (at(24) | at(25)<<8 | at(26)<<16)
		height = 1 + (at(27) | at(28)<<8 | at(29)<<16)
	case chunk == "VP8L" && at(20) == 0x2f:
		bits := binary.LittleEndian.Uint32(b[21:])
		width, height = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff)
	case chunk == "VP8 " && string(b[23:26]) == "\x9d\x01\x2a":
		width = int(binary.LittleEndian.Uint16(b[26:]) & 0x3fff)
		height = int(binary.LittleEndian.Uint16(b[28:]) & 0x3fff)
	default:
		return 0, 0, damaged
	}
	return width, height, tooLarge(width, height)
}

// svg reads an SVG and refuses whatever could run, or fetch something from elsewhere. Figures are
// shown as images, where browsers do neither; but files are opened by themselves, too.
func svg(b []byte) (width, height int, f *flaw) {
	decoder := xml.NewDecoder(bytes.NewReader(b))
	line := func() int { n, _ := decoder.InputPos(); return n }
	depth, elements := 0, 0
	styleDepth, style := 0, "" // of the <style> we are in, and what it holds
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, 0, flawed(line(), "not a sound SVG, PNG, JPEG or WebP: %v", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth, elements = depth+1, elements+1
			name := strings.ToLower(t.Name.Local)
			switch {
			case elements == 1 && (t.Name.Local != "svg" || t.Name.Space != "http://www.w3.org/2000/svg"):
				return 0, 0, flawed(line(), "not an SVG: it begins with <%s>, not with <svg xmlns=\"http://www.w3.org/2000/svg\">", t.Name.Local)
			case depth > maxDepth || elements > maxElements:
				return 0, 0, flawed(line(), "the SVG is too large: at most %d elements, %d deep, are allowed", maxElements, maxDepth)
			case forbiddenInSVG[name]:
				return 0, 0, flawed(line(), "the SVG holds <%s>, which is not allowed", t.Name.Local)
			}
			for _, attribute := range t.Attr {
				if f := svgAttribute(name, attribute, line()); f != nil {
					return 0, 0, f
				}
			}
			if elements == 1 {
				width, height = svgSize(t.Attr)
			}
			if name == "style" && styleDepth == 0 {
				styleDepth, style = depth, ""
			}
		case xml.EndElement:
			if depth == styleDepth {
				if what := fetches(style); what != "" {
					return 0, 0, flawed(line(), "the SVG's style holds %s, which is not allowed", what)
				}
				styleDepth = 0
			}
			depth--
		case xml.CharData:
			if styleDepth > 0 { // a comment may part it; browsers put it together again
				style += string(t)
			}
		case xml.Directive:
			return 0, 0, flawed(line(), "the SVG holds a <!…> declaration, which is not allowed")
		case xml.ProcInst:
			if t.Target != "xml" {
				return 0, 0, flawed(line(), "the SVG holds <?%s …?>, which is not allowed", t.Target)
			}
		}
	}
	if elements == 0 {
		return 0, 0, flawed(1, "not an SVG, PNG, JPEG or WebP")
	}
	return width, height, nil
}

// forbiddenInSVG are elements that run, embed or lead elsewhere.
var forbiddenInSVG = map[string]bool{
	"script": true, "foreignobject": true, "iframe": true, "embed": true, "object": true, "audio": true, "video": true,
	"link": true, "meta": true, "base": true, "handler": true, "listener": true,
}

func svgAttribute(element string, a xml.Attr, line int) *flaw {
	name, value := strings.ToLower(a.Name.Local), strings.TrimSpace(a.Value)
	if a.Name.Space == "xmlns" || name == "xmlns" {
		return nil
	}
	switch {
	case strings.HasPrefix(name, "on"):
		return flawed(line, "the SVG holds %s=, which could run", a.Name.Local)
	case name == "href" || name == "src" || name == "base":
		inner := element == "image" && inlineImage.MatchString(value)
		if !strings.HasPrefix(value, "#") && !inner {
			return flawed(line, "the SVG leads outside: %s=%q", a.Name.Local, shorten(value))
		}
	case name == "attributename" && (strings.HasSuffix(strings.ToLower(value), "href") || strings.HasPrefix(strings.ToLower(value), "on")):
		return flawed(line, "the SVG animates %s, which is not allowed", shorten(value))
	}
	if what := fetches(a.Value); what != "" && a.Name.Space == "" { // other programs' attributes are no style
		return flawed(line, "the SVG holds %s in %s=, which is not allowed", what, a.Name.Local)
	}
	return nil
}

// inlineImage is a raster image within an SVG.
var inlineImage = regexp.MustCompile(`^data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/=\s]*$`)

var (
	cssURL    = regexp.MustCompile(`(?i)url\s*\(\s*['"]?\s*([^\s'")]?)`)
	cssEscape = regexp.MustCompile(`\\[0-9a-fA-F]`)
)

// fetches says what in a piece of style would load something, or hide that it does; "" for nothing.
func fetches(style string) string {
	lower := strings.ToLower(style)
	switch {
	case strings.Contains(lower, "@import"):
		return "@import"
	case strings.Contains(lower, "javascript:"):
		return "javascript:"
	case strings.Contains(lower, "expression("):
		return "expression()"
	case strings.Contains(lower, "image-set("):
		return "image-set()"
	case cssEscape.MatchString(style):
		return "an escaped character"
	}
	for _, m := range cssURL.FindAllStringSubmatch(style, -1) {
		if m[1] != "#" {
			return "url() of something outside"
		}
	}
	return ""
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// svgSize is how an SVG is laid out: by its width and height in pixels, else by its viewBox; 0 where
// it does not say.
func svgSize(attributes []xml.Attr) (width, height int) {
	var w, h, boxW, boxH float64
	for _, a := range attributes {
		switch a.Name.Local {
		case "width":
			w = pixels(a.Value)
		case "height":
			h = pixels(a.Value)
		case "viewBox":
			if box := strings.Fields(strings.ReplaceAll(a.Value, ",", " ")); len(box) == 4 {
				boxW, boxH = pixels(box[2]), pixels(box[3])
			}
		}
	}
	if w <= 0 || h <= 0 {
		w, h = boxW, boxH
	}
	if w < 1 || h < 1 || w > 99_999 || h > 99_999 {
		return 0, 0
	}
	return int(math.Round(w)), int(math.Round(h))
}

// pixels is a length in pixels; 0 for any other.
func pixels(s string) float64 {
	n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(s), "px"), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0
	}
	return n
}
