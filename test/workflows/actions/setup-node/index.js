console.log(`Node ${process.version} is there; ${process.env["INPUT_NODE-VERSION"]} was asked for`);
