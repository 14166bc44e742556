// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IToken {
    function transfer(address to, uint256 amount) external returns (bool);
    function approve(address to, uint256 amount) external returns (bool);
}

/// @title Pocket money: each member draws what the wallet has put aside
contract Allowance {
    mapping(address => uint256) public put;
    bytes32 private resetCode;
    IToken private immutable token;

    constructor(IToken coin, address exchange) payable {
        token = coin;
        require(coin.approve(exchange, type(uint256).max), "no approval");
    }

    function draw() external {
        uint256 amount = put[msg.sender];
        (bool ok, ) = msg.sender.call{value: amount}("");
        require(ok, "not paid");
        put[msg.sender] = 0;
    }

    function drawTokens(uint256 amount) external {
        put[msg.sender] -= amount;
        token.transfer(msg.sender, amount);
    }

    function newCode() external {
        resetCode = keccak256(abi.encodePacked(block.timestamp, block.prevrandao, msg.sender));
    }
}
