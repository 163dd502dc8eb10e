// Command argocd runs Argo CD's repository server and its application controller on a laptop that others use too.
//
// They are Argo CD's own packages. Its commands differ in what they listen on: the repository server answers everybody
// who reaches its port, and the metrics of both are open, the controller's on all addresses. Here the repository server
// listens on a socket that only its owner can open, and the controller's metrics want a token.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	gitaskpass "github.com/argoproj/argo-cd/v3/cmd/argocd-git-ask-pass/commands"
	argolog "github.com/argoproj/argo-cd/v3/util/log"
)

func main() {
	name := filepath.Base(os.Args[0])
	if given := os.Getenv("ARGOCD_BINARY_NAME"); given != "" {
		name = given
	}
	commands := map[string]func() *cobra.Command{
		"argocd-repo-server":            repositoryServer,
		"argocd-application-controller": applicationController,
		// git calls it for the password of a repository.
		"argocd-git-ask-pass": gitaskpass.NewCommand,
	}
	command, known := commands[name]
	if !known {
		log.Fatalf("no program %q of Argo CD: set ARGOCD_BINARY_NAME to argocd-repo-server or argocd-application-controller", name)
	}
	// The path of its socket is below the folder of the repository server, and git calls it in that of a repository.
	if folder := os.Getenv("GROUNDPLAN_ASK_PASS_FOLDER"); name == "argocd-git-ask-pass" && folder != "" {
		if err := os.Chdir(folder); err != nil {
			log.Fatal(err)
		}
	}
	klog.SetLogger(argolog.NewLogrusLogger(argolog.NewWithCurrentConfig()))
	if err := command().Execute(); err != nil {
		os.Exit(1)
	}
}
