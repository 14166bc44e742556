console.log("nothing to fetch");
