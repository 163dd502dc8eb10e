console.log(`Python ${process.env["INPUT_PYTHON-VERSION"]} was asked for`);
