// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

interface IToken {
    function transfer(address to, uint256 amount) external returns (bool);
}

/// @title Pocket money: each member draws what the wallet has put aside
contract Allowance {
    mapping(address => uint256) public put;
    IToken private immutable token;

    constructor(IToken coin) payable {
        token = coin;
    }

    function draw() external {
        uint256 amount = put[msg.sender];
        put[msg.sender] = 0;
        (bool ok, ) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
    }

    function drawTokens(uint256 amount) external {
        put[msg.sender] -= amount;
        require(token.transfer(msg.sender, amount), "not paid");
    }
}
