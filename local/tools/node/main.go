// Command node holds a real node of `groundplan local cluster`: the namespaces in which containerd, kubelet, kube-proxy
// and the control plane run, and what leads into them and out.
//
// Everything that the node makes (mounts, bridge, addresses, rules, processes) is inside these namespaces. When this
// program ends, however it ends, the kernel takes all of it away. Only the folders of its cgroup stay, which the next
// start or stop removes.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
)

// What the node is told, in a file.
type settings struct {
	// Name of its cgroup, below the root of each hierarchy.
	Cgroup string `json:"cgroup"`

	// Name of the machine that its pods see.
	Name string `json:"name"`

	// Folder of what it keeps, and of the programs that it runs: /run/groundplan/data and /run/groundplan/bin inside.
	Data     string `json:"data"`
	Programs string `json:"programs"`

	// Its address, e.g. 10.0.0.4/24.
	Address string `json:"address"`

	// Written when the namespaces are there, with the id of their first process.
	Ready string `json:"ready"`

	// Addresses of the machine that programs in the node reach under the same address.
	Outward []string `json:"outward"`

	// URL of the Kubernetes API, which is in the node, and is reached on the machine under the same address.
	API string `json:"api"`

	// Files of the API's authority, and of the token by which Services are listed.
	Authority string `json:"authority"`
	Token     string `json:"token"`
}

func main() {
	log.SetFlags(log.Ltime)
	if len(os.Args) != 3 {
		log.Fatal("use: node run <settings> | node init <settings> | node pause-image <program> | node credentials <endpoint>")
	}
	var err error
	switch command, argument := os.Args[1], os.Args[2]; command {
	case "run":
		err = run(argument)
	case "init":
		err = initialize(argument)
	case "pause-image":
		err = writePauseImage(argument, os.Stdout)
	case "credentials":
		err = provideCredentials(argument, os.Stdin, os.Stdout)
	default:
		err = fmt.Errorf("unknown command %q", command)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func readSettings(path string) (settings, error) {
	var read settings
	content, err := os.ReadFile(path)
	if err != nil {
		return read, err
	}
	return read, json.Unmarshal(content, &read)
}
