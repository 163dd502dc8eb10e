package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

const cgroups = "/sys/fs/cgroup"

// Puts this process, and so all that it starts, into a cgroup of its own: kubelet makes those of the pods beside it.
func enterCgroup(name string) error {
	if isOf(cgroups, unix.CGROUP2_SUPER_MAGIC) {
		return enterUnified(name)
	}
	entries, err := os.ReadDir(cgroups)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		hierarchy := filepath.Join(cgroups, entry.Name())
		if !entry.IsDir() || !isOf(hierarchy, unix.CGROUP_SUPER_MAGIC) {
			continue
		}
		for _, folder := range []string{filepath.Join(hierarchy, name), filepath.Join(hierarchy, name, "system")} {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return fmt.Errorf("no cgroup can be made: %w", err)
			}
			copyParent(folder, "cpuset.cpus")
			copyParent(folder, "cpuset.mems")
		}
		if err := join(filepath.Join(hierarchy, name, "system")); err != nil {
			return err
		}
	}
	return nil
}

func enterUnified(name string) error {
	system := filepath.Join(cgroups, name, "system")
	if err := os.MkdirAll(system, 0o755); err != nil {
		return fmt.Errorf("no cgroup can be made: %w", err)
	}
	if err := join(system); err != nil {
		return err
	}
	for _, folder := range []string{cgroups, filepath.Join(cgroups, name)} {
		for _, controller := range []string{"cpuset", "cpu", "io", "memory", "hugetlb", "pids"} {
			// What the machine has not is missed by kubelet, which says so.
			os.WriteFile(filepath.Join(folder, "cgroup.subtree_control"), []byte("+"+controller), 0o644)
		}
	}
	return nil
}

func join(folder string) error {
	return os.WriteFile(filepath.Join(folder, "cgroup.procs"), []byte(strconv.Itoa(os.Getpid())), 0o644)
}

// In a new cgroup these are empty, and no process can enter it.
func copyParent(folder, file string) {
	if content, err := os.ReadFile(filepath.Join(folder, "..", file)); err == nil {
		os.WriteFile(filepath.Join(folder, file), content, 0o644)
	}
}

func isOf(path string, kind int64) bool {
	var found unix.Statfs_t
	return unix.Statfs(path, &found) == nil && found.Type == kind
}
