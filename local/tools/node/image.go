package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
)

// Name of the image of every pod's first process; no registry has it.
const pauseImage = "groundplan.local/pause:1"

// Writes an image of one program, as `docker save` does.
func writePauseImage(path string, to io.Writer) error {
	program, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var layer bytes.Buffer
	if err := writeTar(&layer, 0o755, file{"pause", program}); err != nil {
		return err
	}
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH,
		"os":           "linux",
		"config":       map[string]any{"Entrypoint": []string{"/pause"}, "User": "65535:65535"},
		"rootfs": map[string]any{
			"type":     "layers",
			"diff_ids": []string{fmt.Sprintf("sha256:%x", sha256.Sum256(layer.Bytes()))},
		},
	})
	if err != nil {
		return err
	}
	manifest, err := json.Marshal([]map[string]any{{
		"Config":   "config.json",
		"RepoTags": []string{pauseImage},
		"Layers":   []string{"layer.tar"},
	}})
	if err != nil {
		return err
	}
	return writeTar(to, 0o644, file{"config.json", config}, file{"layer.tar", layer.Bytes()}, file{"manifest.json", manifest})
}

type file struct {
	name    string
	content []byte
}

func writeTar(to io.Writer, mode int64, files ...file) error {
	archive := tar.NewWriter(to)
	for _, one := range files {
		header := &tar.Header{Name: one.name, Mode: mode, Size: int64(len(one.content)), Typeflag: tar.TypeReg}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(one.content); err != nil {
			return err
		}
	}
	return archive.Close()
}
