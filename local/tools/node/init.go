package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// What kubelet would set for the whole machine: inside the node these are files, and it finds what it wants.
var kernelSettings = map[string]string{
	"vm/overcommit_memory": "1",
	"kernel/panic":         "10",
	"kernel/panic_on_oops": "1",
}

// The first process of the node: sets up its namespaces, and then waits for the processes that nobody waits for.
func initialize(path string) error {
	told, err := readSettings(path)
	if err != nil {
		return err
	}
	unix.Umask(0o022)
	if err := unix.Sethostname([]byte(told.Name)); err != nil {
		return err
	}
	if err := mountAll(told); err != nil {
		return err
	}
	if err := makeNetwork(told.Address); err != nil {
		return fmt.Errorf("the network cannot be made: %w", err)
	}
	ready := os.NewFile(3, "ready")
	ready.WriteString("ready")
	ready.Close()
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	for range ended {
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
	return nil
}

func mountAll(told settings) error {
	// What the node mounts must not reach the machine; what containers mount must reach kubelet.
	for _, flag := range []uintptr{unix.MS_SLAVE, unix.MS_SHARED} {
		if err := unix.Mount("", "/", "", unix.MS_REC|flag, ""); err != nil {
			return fmt.Errorf("mounts cannot be kept apart: %w", err)
		}
	}
	// Opened before they are hidden: these folders may lie below one of those that are mounted next.
	folders := map[string]*os.File{}
	for inside, outside := range map[string]string{"data": told.Data, "bin": told.Programs} {
		folder, err := os.Open(outside)
		if err != nil {
			return err
		}
		folders[inside] = folder
	}
	if err := mount("proc", "/proc", "proc", 0); err != nil {
		return err
	}
	for _, path := range []string{"/run", "/var/lib", "/var/log"} {
		if err := mount("tmpfs", path, "tmpfs", 0); err != nil {
			return err
		}
	}
	for inside, folder := range folders {
		path := filepath.Join("/run/groundplan", inside)
		if err := bind(fmt.Sprintf("/proc/self/fd/%d", folder.Fd()), path); err != nil {
			return err
		}
		folder.Close()
	}
	if err := bind("/run/groundplan/data/logs", "/var/log"); err != nil {
		return err
	}
	// Of the second version of cgroups this machine has but a part; runc and kubelet would take it for the whole.
	unified := filepath.Join(cgroups, "unified")
	if isOf(unified, unix.CGROUP2_SUPER_MAGIC) {
		if err := unix.Unmount(unified, unix.MNT_DETACH); err != nil {
			return err
		}
	}
	for name, value := range kernelSettings {
		file := filepath.Join("/run/groundplan", filepath.Base(name))
		if err := os.WriteFile(file, []byte(value+"\n"), 0o644); err != nil {
			return err
		}
		if err := mount(file, filepath.Join("/proc/sys", name), "", unix.MS_BIND); err != nil {
			return err
		}
	}
	return nil
}

func mount(source, target, kind string, flags uintptr) error {
	if err := unix.Mount(source, target, kind, flags, ""); err != nil {
		return fmt.Errorf("%s cannot be mounted: %w", target, err)
	}
	return nil
}

func bind(source, target string) error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	return mount(source, target, "", unix.MS_BIND|unix.MS_REC)
}

// A bridge has the node's address: not every kernel has dummy devices. It is the way to everywhere, since kube-proxy
// rewrites the addresses of Services only of packets that have a way.
func makeNetwork(address string) error {
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(loopback); err != nil {
		return err
	}
	if err := netlink.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "node0"}}); err != nil {
		return err
	}
	bridge, err := netlink.LinkByName("node0")
	if err != nil {
		return err
	}
	parsed, err := netlink.ParseAddr(address)
	if err != nil {
		return err
	}
	if err := netlink.AddrAdd(bridge, parsed); err != nil {
		return err
	}
	if err := netlink.LinkSetUp(bridge); err != nil {
		return err
	}
	_, everywhere, _ := net.ParseCIDR("0.0.0.0/0")
	way := &netlink.Route{LinkIndex: bridge.Attrs().Index, Dst: everywhere, Src: parsed.IP}
	if err := netlink.RouteAdd(way); err != nil {
		return err
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644)
}
