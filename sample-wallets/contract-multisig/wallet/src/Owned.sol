// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Who owns a wallet, and how many must agree
abstract contract Owned {
    address internal founder;
    address[] internal owners;
    mapping(address => bool) public isOwner;
    uint256 public threshold;

    modifier onlyOwner() {
        require(isOwner[msg.sender], "not an owner");
        _;
    }

    function setup(address[] calldata list, uint256 needed) external {
        founder = msg.sender;
        for (uint256 i = 0; i < list.length; ++i) {
            isOwner[list[i]] = true;
            owners.push(list[i]);
        }
        threshold = needed;
    }

    function addOwner(address who) external {
        isOwner[who] = true;
        owners.push(who);
    }

    function setThreshold(uint256 next) external onlyOwner {
        threshold = next;
    }
}
