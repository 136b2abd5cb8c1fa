package courses

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"image"
	"image/jpeg"
	"strings"
	"testing"
)

// webpOf is the beginning of a WebP of a size; none of its pixels are there, and none are looked at.
func webpOf(chunk string, width, height int) []byte {
	body := make([]byte, 22)
	copy(body, chunk)
	switch chunk {
	case "VP8 ":
		copy(body[11:], "\x9d\x01\x2a")
		binary.LittleEndian.PutUint16(body[14:], uint16(width))
		binary.LittleEndian.PutUint16(body[16:], uint16(height))
	case "VP8L":
		body[8] = 0x2f
		binary.LittleEndian.PutUint32(body[9:], uint32(width-1)|uint32(height-1)<<14)
	case "VP8X":
		body[12], body[13], body[14] = byte(width-1), byte((width-1)>>8), byte((width-1)>>16)
		body[15], body[16], body[17] = byte(height-1), byte((height-1)>>8), byte((height-1)>>16)
	}
	head := append([]byte("RIFF\x00\x00\x00\x00WEBP"), body...)
	binary.LittleEndian.PutUint32(head[4:], uint32(len(head)-8))
	return head
}

func jpegOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInspect(t *testing.T) {
	for _, c := range []struct {
		file   string
		data   []byte
		kind   string
		width  int
		height int
	}{
		{"a.png", pngOf(t, 40, 30), "image/png", 40, 30},
		{"a.PNG", pngOf(t, 1, 1), "image/png", 1, 1},
		{"a.jpg", jpegOf(t, 33, 17), "image/jpeg", 33, 17},
		{"a.jpeg", jpegOf(t, 33, 17), "image/jpeg", 33, 17},
		{"a.webp", webpOf("VP8 ", 640, 480), "image/webp", 640, 480},
		{"a.webp", webpOf("VP8L", 641, 481), "image/webp", 641, 481},
		{"a.webp", webpOf("VP8X", 642, 482), "image/webp", 642, 482},
		{"a.svg", []byte(cycleSVG), "image/svg+xml", 640, 360},
		{"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="12.4px" height="7" viewBox="0 0 100 100"/>`), "image/svg+xml", 12, 7},
		{"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="100%" viewBox="0,0,100,50"/>`), "image/svg+xml", 100, 50},
		{"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 NaN 1e400"/>`), "image/svg+xml", 0, 0},
		{"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5"/>`), "image/svg+xml", 0, 0},
	} {
		kind, width, height, f := inspect(c.file, c.data)
		if f != nil || kind != c.kind || width != c.width || height != c.height {
			t.Errorf("%s of %d bytes is %s of %d × %d, %v; want %s of %d × %d", c.file, len(c.data), kind, width, height, f, c.kind, c.width, c.height)
		}
	}
}

func TestInspectRefuses(t *testing.T) {
	bomb := pngOf(t, 4, 4)
	binary.BigEndian.PutUint32(bomb[16:], 60_000)
	binary.BigEndian.PutUint32(bomb[20:], 60_000)
	// The header's checksum is looked at before its size.
	header, err := hex.DecodeString("89504e470d0a1a0a0000000d494844520000ea600000ea600800000000")
	if err != nil {
		t.Fatal(err)
	}
	crc := crc32Of(header[12:29])
	header = append(header, crc[:]...)
	photo := jpegOf(t, 64, 64)
	svg := func(inner string) []byte {
		return []byte("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n" + inner + "\n</svg>")
	}
	for _, c := range []struct {
		name, file string
		data       []byte
		want       string
		line       int
	}{
		{"nothing", "a.png", nil, "not an SVG, PNG", 1},
		{"text", "a.svg", []byte("bonjour"), "not an SVG, PNG", 1},
		{"too many bytes", "a.png", make([]byte, maxMedia+1), "at most 2097152 are allowed", 1},
		{"another type", "a.jpg", pngOf(t, 2, 2), "named as image/jpeg and holds image/png", 1},
		{"damaged header", "a.png", bomb, "damaged", 1},
		{"pixel bomb", "a.png", header, "60000 × 60000 pixels", 1},
		{"cut PNG", "a.png", pngOf(t, 64, 64)[:60], "damaged", 1},
		{"cut JPEG", "a.jpg", photo[:len(photo)/2], "damaged", 1},
		{"cut WebP", "a.webp", webpOf("VP8X", 10, 10)[:29], "damaged", 1},
		{"odd WebP", "a.webp", webpOf("ALPH", 10, 10), "damaged", 1},
		{"huge WebP", "a.webp", webpOf("VP8X", 16_000_000, 16_000_000), "16000000 × 16000000 pixels", 1},
		{"WebP of nothing", "a.webp", webpOf("VP8 ", 0, 10), "has no size", 1},
		{"GIF", "a.png", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "not a sound SVG", 1},
		{"HTML", "a.svg", []byte("<html xmlns=\"http://www.w3.org/2000/svg\"></html>"), "it begins with <html>", 1},
		{"no namespace", "a.svg", []byte("<svg></svg>"), "not an SVG", 1},
		{"not closed", "a.svg", []byte("<svg xmlns=\"http://www.w3.org/2000/svg\">"), "unexpected EOF", 1},
		{"entities", "a.svg", []byte("<!DOCTYPE svg [<!ENTITY a \"b\">]>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), "declaration", 1},
		{"style sheet", "a.svg", []byte("<?xml-stylesheet href=\"a.css\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"), "<?xml-stylesheet", 1},
		{"script", "a.svg", svg("<script>alert(1)</script>"), "<script>", 2},
		{"SCRIPT of another name space", "a.svg", svg("<x:SCRIPT xmlns:x=\"http://www.w3.org/1999/xhtml\"/>"), "<SCRIPT>", 2},
		{"foreign object", "a.svg", svg("<g>\n<foreignObject><body xmlns=\"http://www.w3.org/1999/xhtml\"/></foreignObject></g>"), "<foreignObject>", 3},
		{"handler", "a.svg", svg("<g onload=\"alert(1)\"/>"), "onload=", 2},
		{"handler in capitals", "a.svg", svg("<g ONCLICK=\"alert(1)\"/>"), "ONCLICK=", 2},
		{"link outside", "a.svg", svg("<use xlink:href=\"https://evil.example/a.svg#a\"/>"), "leads outside", 2},
		{"link that runs", "a.svg", svg("<a href=\"javascript:alert(1)\"><text>x</text></a>"), "leads outside", 2},
		{"image from outside", "a.svg", svg("<image href=\"//evil.example/a.png\"/>"), "leads outside", 2},
		{"SVG in an SVG", "a.svg", svg("<image href=\"data:image/svg+xml;base64,PHN2Zy8+\"/>"), "leads outside", 2},
		{"base", "a.svg", svg("<g xml:base=\"https://evil.example/\"/>"), "leads outside", 2},
		{"animated link", "a.svg", svg("<a><set attributeName=\"xlink:href\" to=\"javascript:alert(1)\"/></a>"), "animates xlink:href", 2},
		{"fill from outside", "a.svg", svg("<g fill=\"url( 'https://evil.example/a#b')\"/>"), "url() of something outside", 2},
		{"style from outside", "a.svg", svg("<g style=\"background:URL(//evil.example)\"/>"), "url() of something outside", 2},
		{"import", "a.svg", svg("<style>@import 'https://evil.example/a.css';</style>"), "@import", 2},
		{"import in two parts", "a.svg", svg("<style>@im<!-- -->port 'https://evil.example/a.css';</style>"), "@import", 2},
		{"import in CDATA", "a.svg", svg("<style><![CDATA[@import 'a.css';]]></style>"), "@import", 2},
		{"import in disguise", "a.svg", svg(`<style>@\69mport 'a.css';</style>`), "an escaped character", 2},
		{"too deep", "a.svg", svg(strings.Repeat("<g>", 101) + strings.Repeat("</g>", 101)), "too large", 2},
		{"too many", "a.svg", svg(strings.Repeat("<g/>", maxElements)), "too large", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, _, f := inspect(c.file, c.data)
			if f == nil || !strings.Contains(f.message, c.want) || f.line != c.line {
				t.Errorf("%v, want line %d, %q", f, c.line, c.want)
			}
		})
	}
}

func crc32Of(b []byte) [4]byte {
	crc := ^uint32(0)
	for _, c := range b {
		crc ^= uint32(c)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ 0xedb88320
			} else {
				crc >>= 1
			}
		}
	}
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], ^crc)
	return sum
}

func TestFiguresThatAreAllowed(t *testing.T) {
	for _, inner := range []string{
		`<a href="#b"><text id="b">on y va</text></a>`,
		`<image href="data:image/png;base64,iVBORw0KGgo="/>`,
		`<g style="fill:url(#a);clip-path:url( '#b' )" fill="url(#c)"/>`,
		`<animate attributeName="r" from="1" to="2"/>`,
		`<g xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:export-filename="C:\dessins\url(x).png"/>`,
		`<style>.a{fill:red}<!-- rien --></style><script0/>`,
	} {
		b := []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">` + inner + `</svg>`)
		if _, _, _, f := inspect("a.svg", b); f != nil {
			t.Errorf("%s: %v", inner, f)
		}
	}
}

// FuzzInspect: a figure is taken or refused, never the end of the program.
func FuzzInspect(f *testing.F) {
	f.Add([]byte(cycleSVG))
	f.Add(webpOf("VP8L", 3, 3))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for end, want := range mediaTypes {
			kind, width, height, f := inspect("a"+end, b)
			if f == nil && (kind != want || width < 0 || height < 0 || width > 1<<24 || height > 1<<24) {
				t.Errorf("a%s is %s of %d × %d", end, kind, width, height)
			}
			if f != nil && (f.message == "" || f.line < 1) {
				t.Errorf("a%s: %+v", end, f)
			}
		}
	})
}
