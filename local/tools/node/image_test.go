package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func filesOf(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for reader := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := reader.Next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if found[header.Name], err = io.ReadAll(reader); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPauseImageIsOneProgramForNobody(t *testing.T) {
	program := filepath.Join(t.TempDir(), "pause")
	if err := os.WriteFile(program, []byte("a program"), 0o755); err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	for _, into := range []*bytes.Buffer{&first, &second} {
		if err := writePauseImage(program, into); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same program makes two images")
	}
	files := filesOf(t, first.Bytes())
	if content := filesOf(t, files["layer.tar"])["pause"]; string(content) != "a program" {
		t.Errorf("the layer has %q", content)
	}
	var config struct {
		Config struct{ User string }
	}
	if err := json.Unmarshal(files["config.json"], &config); err != nil {
		t.Fatal(err)
	}
	if config.Config.User != "65535:65535" {
		t.Errorf("it runs as %q", config.Config.User)
	}
	if !strings.Contains(string(files["manifest.json"]), pauseImage) {
		t.Errorf("the manifest is %s", files["manifest.json"])
	}
}

func TestPauseImageNeedsItsProgram(t *testing.T) {
	if err := writePauseImage(filepath.Join(t.TempDir(), "missing"), io.Discard); err == nil {
		t.Error("an image without its program")
	}
}
