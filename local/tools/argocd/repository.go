package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/argoproj/argo-cd/v3/reposerver"
	"github.com/argoproj/argo-cd/v3/reposerver/cache"
	"github.com/argoproj/argo-cd/v3/reposerver/metrics"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/argoproj/argo-cd/v3/util/askpass"
	cacheutil "github.com/argoproj/argo-cd/v3/util/cache"
	"github.com/argoproj/argo-cd/v3/util/cli"
)

// repositoryServer makes manifests of repositories. Its limits are the defaults of Argo CD's own command.
func repositoryServer() *cobra.Command {
	var socket string
	var client *redis.Client
	var openCache func() (*cache.Cache, error)
	command := &cobra.Command{
		Use:  "argocd-repo-server",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cli.SetLogFormat("json")
			cli.SetLogLevel("warn")
			opened, err := openCache()
			if err != nil {
				return err
			}
			counters := metrics.NewMetricsServer()
			cacheutil.CollectMetrics(client, counters, nil)
			passwords := askpass.NewServer(askpass.SocketPath)
			server, err := reposerver.NewServer(counters, opened, nil, limits(), passwords)
			if err != nil {
				return err
			}
			// One that was killed leaves its socket.
			_ = os.Remove(socket)
			listener, err := net.Listen("unix", socket)
			if err != nil {
				return fmt.Errorf("cannot listen on %s: %w", socket, err)
			}
			if err := passwords.Run(); err != nil {
				return err
			}
			grpc := server.CreateGRPC()
			ended, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			go func() {
				<-ended.Done()
				grpc.GracefulStop()
			}()
			return grpc.Serve(listener)
		},
	}
	command.Flags().StringVar(&socket, "socket", "repository.sock", "path to listen on, best below the working directory: a path has about 100 characters at most")
	openCache = cache.AddCacheFlagsToCmd(command, cacheutil.Options{
		OnClientCreated: func(created *redis.Client) { client = created },
	})
	return command
}

func limits() repository.RepoServerInitConstants {
	tenMega := resource.MustParse("10M")
	const hundredMega, giga = 100_000_000, 1_000_000_000
	return repository.RepoServerInitConstants{
		PauseGenerationAfterFailedGenerationAttempts: 3,
		PauseGenerationOnFailureForMinutes:           60,
		SubmoduleEnabled:                             true,
		MaxCombinedDirectoryManifestsSize:            tenMega,
		StreamedManifestMaxTarSize:                   hundredMega,
		StreamedManifestMaxExtractedSize:             giga,
		HelmManifestMaxExtractedSize:                 giga,
		HelmRegistryMaxIndexSize:                     giga,
		OCIManifestMaxExtractedSize:                  giga,
		OCIMediaTypes: []string{
			"application/vnd.oci.image.layer.v1.tar",
			"application/vnd.oci.image.layer.v1.tar+gzip",
			"application/vnd.cncf.helm.chart.content.v1.tar+gzip",
		},
	}
}
